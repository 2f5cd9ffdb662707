// Failures of talking to a person.
import { errorKinds } from "../error/index.ts";

export const uiErrors = errorKinds({
  answerTooLong: {
    code: "HAB-UI-001",
    title: "An answer on standard input is too long",
    remedy: "Give the answer as one short line.",
  },
  noAnswer: {
    code: "HAB-UI-002",
    title: "A question has no default and standard input ended before an answer",
    remedy: "Run the command on a terminal, or give the answer on standard input.",
  },
});
