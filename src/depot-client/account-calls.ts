// Calls about the account a client acts for: signing in for a token, whose a token is, and its end. An original depot has only
// the question whose a token is; it answers 404 to the others.

import { Secret } from "../crypto/index.ts";
import { type Calls, jsonBody } from "./calls.ts";
import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";
import { readAnswer } from "./responses.ts";

export interface NewToken {
  readonly token: Secret<string>;
  /** UTC, in the depot's words; undefined for never. */
  readonly expiresAt: string | undefined;
}

/** A sign-in that a person is to approve on a page of the depot. */
export interface BegunSignIn {
  readonly deviceCode: Secret<string>;
  /** What the person compares. */
  readonly userCode: string;
  /** Where they approve it. */
  readonly page: string;
  readonly expiresInSeconds: number;
  /** Between two questions. */
  readonly intervalSeconds: number;
}

export type SignInProgress =
  | ({ readonly kind: "token" } & NewToken)
  | { readonly kind: "waiting"; readonly intervalSeconds: number };

/** Each throws DepotFailure when it fails. */
export interface AccountClient {
  /** Kinds of ways to sign in on the depot's pages: `password`, `oidc`, … */
  signInWays(signal?: AbortSignal): Promise<string[]>;
  /** Begins to sign in by a code that is approved on a page. `label` and `days` are of the token. */
  beginSignIn(
    words: { readonly label: string; readonly days: number | undefined },
    signal?: AbortSignal,
  ): Promise<BegunSignIn>;
  /** The token of a code, once somebody has approved it. Status 403: refused; 410: expired. */
  approvedToken(deviceCode: Secret<string>, signal?: AbortSignal): Promise<SignInProgress>;
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

export function accountCalls({ ask, send, change }: Calls): AccountClient {
  return {
    async signInWays(signal) {
      const what = "cannot ask how to sign in";
      const response = await ask({ what, path: ["sign-in"], token: "never", accept: [200], signal });
      return (await readAnswer(what, response, "signInWays")).ways.map(({ kind }) => kind);
    },

    async beginSignIn({ label, days }, signal) {
      const what = "cannot begin to sign in";
      const response = await send({
        what,
        method: "POST",
        path: ["sign-in", "device"],
        token: "never",
        ...jsonBody({ label, days }),
        accept: [200],
        signal,
      });
      const begun = await readAnswer(what, response, "begunSignIn");
      const page = pageOf(begun.verification_uri_complete ?? begun.verification_uri);
      // It is shown to a person, who is to compare it.
      if (page === undefined || !/^[A-Z0-9-]{4,32}$/.test(begun.user_code))
        throw new DepotFailure(clientErrors.badAnswer, `${what}: unexpected answer: no code, or no page`);
      return {
        deviceCode: new Secret(begun.device_code),
        userCode: begun.user_code,
        page,
        expiresInSeconds: within(begun.expires_in, 30, 3600),
        intervalSeconds: within(begun.interval, 1, 60),
      };
    },

    async approvedToken(deviceCode, signal) {
      const what = "cannot ask for the access token";
      const response = await send({
        what,
        method: "POST",
        path: ["sign-in", "device", "token"],
        token: "never",
        ...jsonBody({ device_code: deviceCode.reveal() }),
        accept: [200, 202],
        signal,
      });
      if (response.status === 202) {
        const { interval } = await readAnswer(what, response, "waitingSignIn");
        return { kind: "waiting", intervalSeconds: within(interval, 1, 60) };
      }
      const { token, expires_at } = await readAnswer(what, response, "newToken");
      return { kind: "token", token: new Secret(token), expiresAt: expires_at ?? undefined };
    },

    async signIn({ name, password, label, days }, signal) {
      const what = `cannot sign in as ${name}`;
      const response = await send({
        what,
        method: "POST",
        path: ["sign-in", "token"],
        token: "never",
        ...jsonBody({ name, password: password.reveal(), label, days }),
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
        ...jsonBody({ token: token.reveal() }),
        accept: [204],
        signal,
      } as const;
      await change(request, [204]);
    },
  };
}

/** An address for a browser; undefined for anything else. */
function pageOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
