// Accounts and their personal access tokens.
import type { Selectable } from "kysely";
import type { TokenScope, Verb } from "../scopes.ts";
import type { Queries, Writing } from "./database.ts";
import type { AccountTable, RowId } from "./schema.ts";

export type Account = Selectable<AccountTable>;

export async function accountNamed(db: Queries, name: string): Promise<Account | undefined> {
  return await db.selectFrom("accounts").selectAll().where("name", "=", name).executeTakeFirst();
}

/** An account that nobody has switched off. */
export async function accountInUse(db: Queries, id: RowId): Promise<Account | undefined> {
  return await db
    .selectFrom("accounts")
    .selectAll()
    .where("id", "=", id)
    .where("disabled_at", "is", null)
    .executeTakeFirst();
}

/** The account of a token and what it may do with it, if the token exists and has not expired at `now` (a Timestamp). */
export async function callerOfToken(
  db: Queries,
  tokenHash: string,
  now: string,
): Promise<(Account & TokenScope) | undefined> {
  const row = await db
    .selectFrom("access_tokens")
    .innerJoin("accounts", "accounts.id", "access_tokens.account_id")
    .selectAll("accounts")
    .select(["access_tokens.origins", "access_tokens.verbs"])
    .where("access_tokens.token_hash", "=", tokenHash)
    .where("accounts.disabled_at", "is", null)
    .where((where) =>
      where.or([where("access_tokens.expires_at", "is", null), where("access_tokens.expires_at", ">", now)]),
    )
    .executeTakeFirst();
  return row === undefined ? undefined : { ...row, ...scopeOf(row) };
}

/** A token by its hash, with whose it is; also one that has ended. */
export async function tokenOfHash(
  db: Queries,
  hash: string,
): Promise<
  { readonly tokenId: RowId; readonly account: { readonly id: RowId; readonly name: string } } | undefined
> {
  const row = await db
    .selectFrom("access_tokens")
    .innerJoin("accounts", "accounts.id", "access_tokens.account_id")
    .select(["access_tokens.id as tokenId", "accounts.id", "accounts.name"])
    .where("access_tokens.token_hash", "=", hash)
    .executeTakeFirst();
  return row === undefined ? undefined : { tokenId: row.tokenId, account: { id: row.id, name: row.name } };
}

/** A scope as its columns hold it. */
function scopeOf(row: { readonly origins: string | null; readonly verbs: string | null }): TokenScope {
  return {
    origins: row.origins === null ? undefined : (JSON.parse(row.origins) as string[]),
    verbs: row.verbs === null ? undefined : (JSON.parse(row.verbs) as Verb[]),
  };
}

export async function insertAccount(
  { db, at, newId }: Writing,
  name: string,
  email: string,
): Promise<Account> {
  const account = {
    id: newId(),
    name,
    email,
    created_at: at,
    updated_at: at,
    may_create_origins: 1,
    disabled_at: null,
  };
  await db.insertInto("accounts").values(account).execute();
  return account;
}

export async function setEmail({ db, at }: Writing, id: RowId, email: string): Promise<void> {
  await db.updateTable("accounts").set({ email, updated_at: at }).where("id", "=", id).execute();
}

/** Allows or forbids an account to create origins. */
export async function setMayCreateOrigins({ db, at }: Writing, id: RowId, allowed: boolean): Promise<void> {
  await db
    .updateTable("accounts")
    .set({ may_create_origins: allowed ? 1 : 0, updated_at: at })
    .where("id", "=", id)
    .execute();
}

/** Before the hash of a token that is out of use: no token has such a hash. */
const OUT_OF_USE = "disabled ";

/**
 * Switches an account off or on. Its tokens stay, under hashes that no token has, so that programs of an older hab beside
 * us do not accept them either.
 */
export async function setDisabled({ db, at }: Writing, id: RowId, disabled: boolean): Promise<void> {
  await db
    .updateTable("accounts")
    .set({ disabled_at: disabled ? at : null, updated_at: at })
    .where("id", "=", id)
    .execute();
  const tokens = await db
    .selectFrom("access_tokens")
    .select(["id", "token_hash"])
    .where("account_id", "=", id)
    .execute();
  for (const { id: tokenId, token_hash } of tokens) {
    const bare = token_hash.startsWith(OUT_OF_USE) ? token_hash.slice(OUT_OF_USE.length) : token_hash;
    await db
      .updateTable("access_tokens")
      .set({ token_hash: disabled ? OUT_OF_USE + bare : bare })
      .where("id", "=", tokenId)
      .execute();
  }
  if (disabled) await db.deleteFrom("sessions").where("account_id", "=", id).execute();
}

export interface TokenRow extends TokenScope {
  readonly id: RowId;
  readonly account_id: RowId;
  readonly label: string;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/** Stores a token's hash. The token itself is nowhere. */
export async function insertToken(
  { db, at, newId }: Writing,
  accountId: RowId,
  token: { readonly hash: string; readonly label: string; readonly expiresAt: string | null },
  scope: TokenScope,
): Promise<TokenRow> {
  const row = {
    id: newId(),
    account_id: accountId,
    label: token.label,
    created_at: at,
    expires_at: token.expiresAt,
  };
  await db
    .insertInto("access_tokens")
    .values({
      ...row,
      token_hash: token.hash,
      origins: scope.origins === undefined ? null : JSON.stringify(scope.origins),
      verbs: scope.verbs === undefined ? null : JSON.stringify(scope.verbs),
    })
    .execute();
  return { ...row, ...scope };
}

export async function tokensOf(db: Queries, accountId: RowId): Promise<TokenRow[]> {
  const rows = await db
    .selectFrom("access_tokens")
    .select(["id", "account_id", "label", "created_at", "expires_at", "origins", "verbs"])
    .where("account_id", "=", accountId)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ ...row, ...scopeOf(row) }));
}

/** Removes the tokens of this label; true if there were any. */
export async function deleteTokensLabelled(
  { db }: Writing,
  accountId: RowId,
  label: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("access_tokens")
    .where("account_id", "=", accountId)
    .where("label", "=", label)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Removes one token of this account; false when it has no such token. */
export async function deleteToken({ db }: Writing, accountId: RowId, tokenId: RowId): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("access_tokens")
    .where("account_id", "=", accountId)
    .where("id", "=", tokenId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
