// Why a sign-in through another service failed (`/sign-in?failure=…`), in words of the reader, with what to do next.

export const FAILURES: Readonly<Record<string, { readonly title: string; readonly advice: string }>> = {
  denied: {
    title: "The other service did not let you in",
    advice: "You may have cancelled there. Try again, or choose another way.",
  },
  expired: {
    title: "The sign-in took too long",
    advice: "It was begun too long ago, or in another browser. Begin again here.",
  },
  provider: {
    title: "The other service does not answer as it should",
    advice: "Try again in a moment. If it stays so, whoever runs this depot finds the reason in its log.",
  },
  unknown: {
    title: "You have no account on this depot",
    advice:
      "The other service knows you, but nobody has made an account for you here. Ask whoever runs this depot.",
  },
  "name-taken": {
    title: "Another account already has your name",
    advice: "If it is yours, sign in to it another way and link the service on your profile.",
  },
  "name-unfit": {
    title: "Your name there cannot be the name of an account here",
    advice: "Ask whoever runs this depot to make an account for you.",
  },
  "linked-elsewhere": {
    title: "You are linked with another account",
    advice: "Sign in to that account first and unlink the service there.",
  },
  disabled: {
    title: "Your account is switched off",
    advice: "Ask whoever runs this depot to switch it on again.",
  },
};

/** For a failure of a name these pages do not know. */
export const UNKNOWN_FAILURE = {
  title: "The sign-in did not work",
  advice: "Try again, or choose another way.",
};
