// Hashes of passwords, and how often one was wrong.
import type { Queries, Writing } from "./database.ts";
import type { RowId, Timestamp } from "./schema.ts";

export async function passwordHashOf(db: Queries, accountId: RowId): Promise<string | undefined> {
  const row = await db
    .selectFrom("account_passwords")
    .select("hash")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row?.hash;
}

export async function setPasswordHash({ db, at }: Writing, accountId: RowId, hash: string): Promise<void> {
  await db
    .insertInto("account_passwords")
    .values({ account_id: accountId, hash, changed_at: at })
    .onConflict((conflict) => conflict.column("account_id").doUpdateSet({ hash, changed_at: at }))
    .execute();
}

/** False when it had none. */
export async function deletePassword({ db }: Writing, accountId: RowId): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("account_passwords")
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export interface Failures {
  readonly failures: number;
  readonly last_at: Timestamp;
  readonly locked_until: Timestamp;
}

export async function failuresOf(db: Queries, nameHash: string): Promise<Failures | undefined> {
  return await db
    .selectFrom("sign_in_failures")
    .select(["failures", "last_at", "locked_until"])
    .where("name_hash", "=", nameHash)
    .executeTakeFirst();
}

/** Writes the failures of a name, and forgets those of all names that ended before `forgetBefore`. */
export async function setFailures(
  { db }: Writing,
  nameHash: string,
  failures: Failures,
  forgetBefore: Timestamp,
): Promise<void> {
  await db
    .deleteFrom("sign_in_failures")
    .where("last_at", "<", forgetBefore)
    .where("locked_until", "<", forgetBefore)
    .execute();
  await db
    .insertInto("sign_in_failures")
    .values({ name_hash: nameHash, ...failures })
    .onConflict((conflict) => conflict.column("name_hash").doUpdateSet({ ...failures }))
    .execute();
}

export async function clearFailures({ db }: Writing, nameHash: string): Promise<void> {
  await db.deleteFrom("sign_in_failures").where("name_hash", "=", nameHash).execute();
}
