// Who sends a request: the bearer token of its Authorization header (reference/depot-api.md §3.1), the account a trusted
// proxy names, or the session of a browser's cookie, in this order. A token that is not valid is refused on every path,
// also where none is needed; a session that has ended is nobody, so that a page can still be read.
import type { Caller } from "./roles.ts";
import type { Depot } from "./route.ts";
import { UNLIMITED } from "./scopes.ts";
import { accountForName } from "./sign-in/account-for.ts";
import type { Client } from "./sign-in/client.ts";
import { findSession, sessionOfCookie } from "./sign-in/sessions.ts";
import { accountInUse, callerOfToken } from "./store/accounts.ts";
import { timestampOf } from "./store/database.ts";
import type { SessionRow } from "./store/schema.ts";
import { bearerToken, tokenHash } from "./tokens.ts";

/** Somebody, and how they said who they are. */
export interface SignedIn {
  readonly caller: Caller;
  /**
   * `token`: the sender put it into the request. `proxy` and `session`: a browser adds it by itself, whatever page made it
   * send the request (guard.ts).
   */
  readonly by: "token" | "proxy" | "session";
  readonly session?: SessionRow;
}

/** Ways by which somebody is named from outside, so that nothing of the account tells of them. */
const WAYS_BY_NAME: ReadonlySet<string> = new Set(["proxy", "kerberos"]);

/** Whether they came by such a way, and so can again: the proxy in front says who they are, or a ticket of Kerberos. */
export function cameByName(
  signedIn: Pick<SignedIn, "by"> & { readonly session?: { readonly way: string } },
): boolean {
  return signedIn.by === "proxy" || WAYS_BY_NAME.has(signedIn.session?.way ?? "");
}

/** Who it is; undefined for nobody, null for somebody whose token is not valid. */
export async function authenticate(
  depot: Depot,
  headers: Headers,
  client: Client,
): Promise<SignedIn | undefined | null> {
  const authorization = headers.get("authorization");
  const isProxys =
    client.proxyAccount !== undefined && /^(basic|negotiate|digest)\s/i.test(authorization ?? "");
  // What a proxy in front has asked for and checked, it often hands on.
  const token = isProxys ? undefined : bearerToken(authorization, depot.signIn.kerberos !== undefined);
  if (token === null) return null;
  if (token !== undefined) return await callerOfBearer(depot, tokenHash(token.reveal()));
  if (client.proxyAccount !== undefined) return await callerOfProxy(depot, client.proxyAccount);
  const found = await sessionOfCookie(depot, headers, client);
  if (found === undefined) return undefined;
  return { caller: { ...found.account, ...UNLIMITED }, by: "session", session: found.session };
}

async function callerOfBearer(depot: Depot, hash: string): Promise<SignedIn | null> {
  const { db } = depot.database;
  const fixed = depot.fixedAccounts.byTokenHash.get(hash);
  if (fixed !== undefined) {
    const account = await accountInUse(db, fixed);
    return account === undefined ? null : { caller: { ...account, ...UNLIMITED }, by: "token" };
  }
  const caller = await callerOfToken(db, hash, timestampOf(depot.now()));
  if (caller !== undefined) return { caller, by: "token" };
  const found = await findSession(depot, "client", hash);
  if (found === undefined) return null;
  return { caller: { ...found.account, ...UNLIMITED }, by: "token", session: found.session };
}

async function callerOfProxy(depot: Depot, name: string): Promise<SignedIn | null> {
  const { newAccounts = false } = depot.signIn.config.proxy ?? {};
  const account = await accountForName(depot, { name, way: "proxy", newAccounts });
  return typeof account === "string" ? null : { caller: { ...account, ...UNLIMITED }, by: "proxy" };
}
