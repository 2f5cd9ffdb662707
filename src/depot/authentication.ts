// Who sends a request: the bearer token of its Authorization header (reference/depot-api.md §3.1). A header that is no
// valid token is refused on every path, also where none is needed.
import type { Caller } from "./roles.ts";
import type { Depot } from "./route.ts";
import { UNLIMITED } from "./scopes.ts";
import { callerOfToken } from "./store/accounts.ts";
import { timestampOf } from "./store/database.ts";
import { bearerToken, tokenHash } from "./tokens.ts";

/** The caller; undefined for nobody, null for somebody whose token is not valid. */
export async function authenticate(depot: Depot, headers: Headers): Promise<Caller | undefined | null> {
  const token = bearerToken(headers.get("authorization"));
  if (token === undefined || token === null) return token;
  const hash = tokenHash(token.reveal());
  const fixed = depot.fixedAccounts.byTokenHash.get(hash);
  if (fixed !== undefined) {
    const { db } = depot.database;
    const account = await db.selectFrom("accounts").selectAll().where("id", "=", fixed).executeTakeFirst();
    return account === undefined ? null : { ...account, ...UNLIMITED };
  }
  return (await callerOfToken(depot.database.db, hash, timestampOf(depot.now()))) ?? null;
}
