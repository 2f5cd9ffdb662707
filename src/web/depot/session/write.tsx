// Writes of these pages: done once at a time, failing in words. When the session has ended meanwhile, the reader is asked to
// sign in where they are, so that nothing they have typed is lost.
import { createContext, useContext } from "react";
import { type Action, ProblemError, problemOf, useAction } from "../../shared/index.ts";

/** Asks to sign in, in front of the page. */
export const AskSignInContext = createContext<() => void>(() => undefined);

/** What a status of the answer means here, where the server says nothing: `{ 409: "There is one already" }`. */
export type StatusWords = Readonly<Record<number, string>>;

export function useWrite<Input = void>(
  act: (input: Input, signal: AbortSignal) => Promise<unknown>,
  words: StatusWords = {},
): Action<Input> {
  const askSignIn = useContext(AskSignInContext);
  return useAction<Input>(async (input, signal) => {
    try {
      await act(input, signal);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { problem } = error;
      if (problem.kind === "signed-out") {
        askSignIn();
        throw new ProblemError(
          problemOf("signed-out", {
            status: problem.status,
            title: "Your sign-in has ended",
            advice: "What you have typed is still here: sign in, then send it again.",
          }),
        );
      }
      const meaning = words[problem.status];
      if (problem.detail !== undefined || meaning === undefined) throw error;
      throw new ProblemError({ ...problem, title: meaning, advice: "" });
    }
  });
}
