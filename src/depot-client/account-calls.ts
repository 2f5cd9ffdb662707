// Calls about the account a client acts for: signing in for a token, whose a token is, and its end. An original depot has only
// the second; it answers 404 to the others.

import { Secret } from "../crypto/index.ts";
import type { Calls } from "./calls.ts";
import { readAnswer } from "./responses.ts";

export interface NewToken {
  readonly token: Secret<string>;
  /** UTC, in the depot's words; undefined for never. */
  readonly expiresAt: string | undefined;
}

/** Each throws DepotFailure when it fails. */
export interface AccountClient {
  /** Makes a token of the account with this name and password. `days`: when it ends by itself. */
  signIn(
    words: {
      readonly name: string;
      readonly password: Secret<string>;
      readonly label: string;
      readonly days: number | undefined;
    },
    signal?: AbortSignal,
  ): Promise<NewToken>;
  /** Name of the account whose token the client has. */
  accountName(signal?: AbortSignal): Promise<string>;
  /** Ends a token. */
  endToken(token: Secret<string>, signal?: AbortSignal): Promise<void>;
}

const JSON_TYPE = { "Content-Type": "application/json" } as const;

export function accountCalls({ ask, send, change }: Calls): AccountClient {
  return {
    async signIn({ name, password, label, days }, signal) {
      const what = `cannot sign in as ${name}`;
      const response = await send({
        what,
        method: "POST",
        path: ["sign-in", "token"],
        token: "never",
        headers: JSON_TYPE,
        body: JSON.stringify({ name, password: password.reveal(), label, days }),
        accept: [200],
        signal,
      });
      const { token, expires_at } = await readAnswer(what, response, "newToken");
      return { token: new Secret(token), expiresAt: expires_at ?? undefined };
    },

    async accountName(signal) {
      const what = "cannot ask whose the access token is";
      const response = await ask({ what, path: ["profile"], accept: [200], signal });
      return (await readAnswer(what, response, "profile")).name;
    },

    async endToken(token, signal) {
      const request = {
        what: "cannot end the access token",
        method: "POST",
        path: ["sign-out", "token"],
        token: "never",
        headers: JSON_TYPE,
        body: JSON.stringify({ token: token.reveal() }),
        accept: [204],
        signal,
      } as const;
      await change(request, [204]);
    },
  };
}
