// The depot: where packages live and releases happen. Everything heavy is loaded by the function that needs it.
import type { Secret } from "../crypto/index.ts";
import type { CreatedAccount, CreatedToken, TokenOptions } from "./accounts.ts";
import type { ImportedToken } from "./original-tokens.ts";
import type { DepotPlace, DepotPlaceWords } from "./place.ts";
import type { DepotOptions, RunningDepot } from "./server.ts";

export { depotErrors } from "./errors.ts";
export { VERBS as TOKEN_VERBS } from "./scopes.ts";
export type {
  CreatedAccount,
  CreatedToken,
  DepotOptions,
  DepotPlace,
  DepotPlaceWords,
  ImportedToken,
  RunningDepot,
};

/** Where `hab depot` listens when nothing else is said; the port is the original's. */
export const DEFAULT_LISTEN = { host: "127.0.0.1", port: 9636 } as const;

/** Starts a depot. Throws HabError (see runDepot in server.ts). */
export async function startDepot(options: DepotOptions): Promise<RunningDepot> {
  return await (await import("./server.ts")).runDepot(options);
}

/** Creates an account, also while the depot runs. Throws HabError. */
export async function createAccount(
  place: DepotPlace,
  name: string,
  email?: string,
): Promise<CreatedAccount> {
  return await (await import("./accounts.ts")).createAccountIn(place, name, email);
}

/** Creates a personal access token for an account. The answer is the only place it appears. */
export async function createToken(
  place: DepotPlace,
  account: string,
  options?: TokenOptions,
): Promise<CreatedToken> {
  return await (await import("./accounts.ts")).createTokenIn(place, account, options);
}

/** The API's description (OpenAPI 3.1), as `/v1/openapi.json` serves it. */
export async function describeApi(): Promise<Readonly<Record<string, unknown>>> {
  return (await import("./openapi.ts")).openApiDocument();
}

/**
 * Takes over a token that an original depot made, so that who has it need not change it. The key that sealed it must be
 * among this depot's. Throws HabError `tokenNotAccepted`, `accountUnknown` or `tooManyTokens`.
 */
export async function importToken(
  place: DepotPlace,
  account: string,
  token: Secret<string>,
): Promise<ImportedToken> {
  return await (await import("./original-tokens.ts")).importTokenIn(place, account, token);
}

type Operations = typeof import("./operate/index.ts");

/** The functions of operate/ under their own names, loaded with the first call. */
function operation<Name extends FunctionNames>(name: Name): Operations[Name] {
  const call = async (...args: unknown[]): Promise<unknown> => {
    const operations = (await import("./operate/index.ts")) as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    return await operations[name]?.(...args);
  };
  return call as unknown as Operations[Name];
}

type FunctionNames = {
  [Name in keyof Operations]: Operations[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Operations] &
  string;

export const backUpDepot = operation("backUpDepot");
export const restoreDepot = operation("restoreDepot");
export const exportFromDepot = operation("exportFromDepot");
export const importIntoDepot = operation("importIntoDepot");
export const mirrorDepot = operation("mirrorDepot");
export const checkDepotAt = operation("checkDepotAt");
export const pruneDepot = operation("pruneDepot");
export const listAccounts = operation("listAccounts");
export const removeAccount = operation("removeAccount");
export const listTokens = operation("listTokens");
export const revokeToken = operation("revokeToken");
export const expireToken = operation("expireToken");
export const setPassword = operation("setPassword");
export const removePassword = operation("removePassword");
export const disableAccount = operation("disableAccount");
export const enableAccount = operation("enableAccount");
