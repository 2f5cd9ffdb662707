// The depot: where packages live and releases happen. Everything heavy is loaded by the function that needs it.
import type { Secret } from "../crypto/index.ts";
import type { CreatedAccount, CreatedToken, TokenOptions } from "./accounts.ts";
import type { ImportedToken } from "./original-tokens.ts";
import type { DepotOptions, RunningDepot } from "./server.ts";

export { depotErrors } from "./errors.ts";
export { VERBS as TOKEN_VERBS } from "./scopes.ts";
export type { CreatedAccount, CreatedToken, DepotOptions, ImportedToken, RunningDepot };

/** Where `hab depot` listens when nothing else is said; the port is the original's. */
export const DEFAULT_LISTEN = { host: "127.0.0.1", port: 9636 } as const;

/** Starts a depot. Throws HabError (see runDepot in server.ts). */
export async function startDepot(options: DepotOptions): Promise<RunningDepot> {
  return await (await import("./server.ts")).runDepot(options);
}

/** Creates an account in a data directory, also while a depot runs on it. Throws HabError. */
export async function createAccount(
  dataDirectory: string,
  name: string,
  email?: string,
): Promise<CreatedAccount> {
  return await (await import("./accounts.ts")).createAccountIn(dataDirectory, name, email);
}

/** Creates a personal access token for an account in a data directory. The answer is the only place it appears. */
export async function createToken(
  dataDirectory: string,
  account: string,
  options?: TokenOptions,
): Promise<CreatedToken> {
  return await (await import("./accounts.ts")).createTokenIn(dataDirectory, account, options);
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
  dataDirectory: string,
  account: string,
  token: Secret<string>,
): Promise<ImportedToken> {
  return await (await import("./original-tokens.ts")).importTokenIn(dataDirectory, account, token);
}
