// Who belongs to an origin, and in which role.
import type { Role } from "../roles.ts";
import type { Queries, Writing } from "./database.ts";
import type { RowId } from "./schema.ts";

/** Names of an origin's members, in order. */
export async function memberNames(db: Queries, origin: string): Promise<string[]> {
  const rows = await db
    .selectFrom("origin_members")
    .innerJoin("accounts", "accounts.id", "origin_members.account_id")
    .select("accounts.name")
    .where("origin_members.origin", "=", origin)
    .orderBy("accounts.name")
    .execute();
  return rows.map((row) => row.name);
}

/** Adds a member; one who is there already keeps their role. */
export async function addMember(
  { db, at }: Writing,
  origin: string,
  accountId: RowId,
  role: Role,
): Promise<void> {
  await db
    .insertInto("origin_members")
    .values({ origin, account_id: accountId, member_role: role, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.columns(["origin", "account_id"]).doNothing())
    .execute();
}

export async function setMemberRole(
  { db, at }: Writing,
  origin: string,
  accountId: RowId,
  role: Role,
): Promise<void> {
  await db
    .updateTable("origin_members")
    .set({ member_role: role, updated_at: at })
    .where("origin", "=", origin)
    .where("account_id", "=", accountId)
    .execute();
}

/** Removes a member; false when there was none. */
export async function removeMember({ db }: Writing, origin: string, accountId: RowId): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("origin_members")
    .where("origin", "=", origin)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Makes another member the owner; the old one stays as maintainer. */
export async function transferOwnership(
  writing: Writing,
  origin: string,
  from: RowId,
  to: RowId,
): Promise<void> {
  await writing.db
    .updateTable("origins")
    .set({ owner_id: to, updated_at: writing.at })
    .where("name", "=", origin)
    .execute();
  await setMemberRole(writing, origin, from, "maintainer");
  await setMemberRole(writing, origin, to, "owner");
}
