// Failures of talking to a person.
import { errorKinds } from "../error/index.ts";

export const uiErrors = errorKinds({
  answerTooLong: {
    code: "HAB-UI-001",
    title: "An answer on standard input is too long",
    remedy: "Give the answer as one short line.",
  },
  systemRefused: {
    code: "HAB-UI-003",
    title: "The operating system refused something",
    remedy:
      "The message names what, and the path or address: give this user the right to it, make room on the disk, or name another one.",
  },
  noAnswer: {
    code: "HAB-UI-002",
    title: "A question has no default and standard input ended before an answer",
    remedy: "Run the command on a terminal, or give the answer on standard input.",
  },
});
