// Why a sign-in through another service failed, in the words that the page of sign-in gets (`/sign-in?failure=…`).

export const SIGN_IN_FAILURES = {
  denied: "the provider said no",
  expired: "it took too long, or was begun in another browser",
  provider: "the provider does not answer as it should",
  unknown: "nobody has made an account for this person",
  "name-taken": "another account has this name: sign in to it and link it with the provider",
  "name-unfit": "the name the provider gives cannot be one of an account",
  "linked-elsewhere": "this person of the provider is linked with another account",
  disabled: "the account is switched off",
} as const;

export type SignInFailure = keyof typeof SIGN_IN_FAILURES;
