// Identities: which account a person of another service is here. Found by issuer and subject alone.
import type { Selectable } from "kysely";
import type { Account } from "./accounts.ts";
import type { Queries, Writing } from "./database.ts";
import type { AccountIdentityTable, RowId } from "./schema.ts";

export type IdentityRow = Selectable<AccountIdentityTable>;

export async function accountOfIdentity(
  db: Queries,
  issuer: string,
  subject: string,
): Promise<Account | undefined> {
  return await db
    .selectFrom("account_identities")
    .innerJoin("accounts", "accounts.id", "account_identities.account_id")
    .selectAll("accounts")
    .where("account_identities.issuer", "=", issuer)
    .where("account_identities.subject", "=", subject)
    .executeTakeFirst();
}

export async function identitiesOf(db: Queries, accountId: RowId): Promise<IdentityRow[]> {
  return await db
    .selectFrom("account_identities")
    .selectAll()
    .where("account_id", "=", accountId)
    .orderBy("id")
    .execute();
}

export async function insertIdentity(
  { db, at, newId }: Writing,
  identity: Omit<IdentityRow, "id" | "created_at">,
): Promise<IdentityRow> {
  const row = { ...identity, id: newId(), created_at: at };
  await db.insertInto("account_identities").values(row).execute();
  return row;
}

/** Removes one identity of an account; false when it has no such identity. */
export async function deleteIdentity({ db }: Writing, accountId: RowId, id: RowId): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("account_identities")
    .where("account_id", "=", accountId)
    .where("id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
