// Invitations to join an origin: one for each origin and account, until it is accepted or rescinded.
import type { Queries, Writing } from "./database.ts";
import type { OriginInvitationTable, RowId } from "./schema.ts";

export type Invitation = OriginInvitationTable;

export async function findInvitation(
  db: Queries,
  origin: string,
  id: RowId,
): Promise<Invitation | undefined> {
  return await db
    .selectFrom("origin_invitations")
    .selectAll()
    .where("origin", "=", origin)
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function isInvited(db: Queries, origin: string, accountId: RowId): Promise<boolean> {
  const row = await db
    .selectFrom("origin_invitations")
    .select("id")
    .where("origin", "=", origin)
    .where("account_id", "=", accountId)
    .executeTakeFirst();
  return row !== undefined;
}

/** All invitations of an origin, also ignored ones, oldest first. */
export async function invitationsOf(db: Queries, origin: string): Promise<Invitation[]> {
  return await db
    .selectFrom("origin_invitations")
    .selectAll()
    .where("origin", "=", origin)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/** Invitations to an account that it has not ignored, oldest first. */
export async function invitationsTo(db: Queries, accountId: RowId): Promise<Invitation[]> {
  return await db
    .selectFrom("origin_invitations")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("ignored", "=", 0)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

/** Invites an account. Throws when it is invited already. */
export async function insertInvitation(
  { db, at, newId }: Writing,
  senderId: RowId,
  origin: string,
  account: { readonly id: RowId; readonly name: string },
): Promise<Invitation> {
  const row = {
    id: newId(),
    origin,
    account_id: account.id,
    account_name: account.name,
    owner_id: senderId,
    ignored: 0,
    created_at: at,
    updated_at: at,
  };
  await db.insertInto("origin_invitations").values(row).execute();
  return row;
}

export async function ignoreInvitation({ db, at }: Writing, id: RowId): Promise<void> {
  await db
    .updateTable("origin_invitations")
    .set({ ignored: 1, updated_at: at })
    .where("id", "=", id)
    .execute();
}

export async function deleteInvitation({ db }: Writing, id: RowId): Promise<void> {
  await db.deleteFrom("origin_invitations").where("id", "=", id).execute();
}
