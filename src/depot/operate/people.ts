// Accounts and tokens as whoever runs the depot sees them: lists, removal, revocation, an earlier end.

import { HabError } from "../../error/index.ts";
import { OPERATOR } from "../accounts.ts";
import { depotErrors } from "../errors.ts";
import { accountNamed, deleteToken } from "../store/accounts.ts";
import { recordAudit } from "../store/audit.ts";
import { type DepotDatabase, type Queries, timestampOf } from "../store/database.ts";

export interface ListedAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly createdAt: string;
  /** Tokens that have not expired. */
  readonly tokens: number;
  readonly origins: readonly string[];
  readonly hasPassword: boolean;
  /** Nobody may sign in as it. */
  readonly disabled: boolean;
}

export interface ListedToken {
  readonly id: string;
  readonly account: string;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly expired: boolean;
}

/** All accounts, by name. */
export async function listAccountsIn({ db }: DepotDatabase, now: number): Promise<ListedAccount[]> {
  const accounts = await db.selectFrom("accounts").selectAll().orderBy("name").execute();
  const members = await db
    .selectFrom("origin_members")
    .select(["account_id", "origin"])
    .orderBy("origin")
    .execute();
  const passwords = await db.selectFrom("account_passwords").select("account_id").execute();
  const withPassword = new Set(passwords.map((row) => row.account_id));
  const tokens = (await listTokensIn(db, now)).filter((token) => !token.expired);
  return accounts.map(({ id, name, email, created_at, disabled_at }) => ({
    id,
    name,
    email,
    createdAt: created_at,
    tokens: tokens.filter((token) => token.account === name).length,
    origins: members.filter((member) => member.account_id === id).map((member) => member.origin),
    hasPassword: withPassword.has(id),
    disabled: disabled_at !== null,
  }));
}

/** All tokens, or those of one account, by account and age. Only hashes are kept, so none is shown. */
export async function listTokensIn(db: Queries, now: number, account?: string): Promise<ListedToken[]> {
  let query = db
    .selectFrom("access_tokens")
    .innerJoin("accounts", "accounts.id", "access_tokens.account_id")
    .select([
      "access_tokens.id",
      "access_tokens.label",
      "access_tokens.created_at",
      "access_tokens.expires_at",
    ])
    .select("accounts.name as account")
    .orderBy("accounts.name")
    .orderBy("access_tokens.id");
  if (account !== undefined) query = query.where("accounts.name", "=", account);
  const moment = timestampOf(now);
  return (await query.execute()).map((row) => ({
    id: row.id,
    account: row.account,
    label: row.label,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    expired: row.expires_at !== null && row.expires_at <= moment,
  }));
}

/** Removes an account with its tokens and memberships. Throws HabError `accountUnknown` or `accountOwnsOrigins`. */
export async function removeAccountIn(database: DepotDatabase, name: string): Promise<void> {
  await database.write(async (writing) => {
    const { db } = writing;
    const account = await accountNamed(db, name);
    if (account === undefined) throw new HabError(depotErrors.accountUnknown, `there is no account ${name}`);
    const owned = await db.selectFrom("origins").select("name").where("owner_id", "=", account.id).execute();
    if (owned.length > 0)
      throw new HabError(
        depotErrors.accountOwnsOrigins,
        `the account ${name} owns ${owned.map((origin) => origin.name).join(", ")}`,
      );
    await db.deleteFrom("access_tokens").where("account_id", "=", account.id).execute();
    await db.deleteFrom("device_requests").where("account_id", "=", account.id).execute();
    await db.deleteFrom("sessions").where("account_id", "=", account.id).execute();
    await db.deleteFrom("account_identities").where("account_id", "=", account.id).execute();
    await db.deleteFrom("account_passwords").where("account_id", "=", account.id).execute();
    await db.deleteFrom("origin_members").where("account_id", "=", account.id).execute();
    await db.deleteFrom("origin_invitations").where("account_id", "=", account.id).execute();
    await db.deleteFrom("accounts").where("id", "=", account.id).execute();
    await recordAudit(writing, OPERATOR, {
      operation: "account-change",
      subject: name,
      details: { removed: true },
    });
  });
}

/** Revokes a token by its id. Throws HabError `tokenUnknown`. */
export async function revokeTokenIn(database: DepotDatabase, id: string): Promise<void> {
  await database.write(async (writing) => {
    const row = await tokenRow(writing.db, id);
    await deleteToken(writing, row.account_id, id);
    await recordAudit(writing, OPERATOR, { operation: "token-revoke", subject: id });
  });
}

/** Sets when a token ends, in seconds from now. Throws HabError `tokenUnknown`. Gives the moment. */
export async function expireTokenIn(
  database: DepotDatabase,
  id: string,
  seconds: number,
  now: number,
): Promise<string> {
  const expiresAt = timestampOf(now + seconds * 1000);
  await database.write(async (writing) => {
    await tokenRow(writing.db, id);
    await writing.db
      .updateTable("access_tokens")
      .set({ expires_at: expiresAt })
      .where("id", "=", id)
      .execute();
    await recordAudit(writing, OPERATOR, { operation: "token-revoke", subject: id, details: { expiresAt } });
  });
  return expiresAt;
}

async function tokenRow(db: Queries, id: string): Promise<{ account_id: string }> {
  const row = await db
    .selectFrom("access_tokens")
    .select("account_id")
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new HabError(depotErrors.tokenUnknown, `there is no token with the id ${id}`);
  return row;
}
