// Sessions: who has signed in, from where, and until when it holds. A session is found by the hash of its secret.
import { type Account, accountInUse } from "./accounts.ts";
import type { Queries, Writing } from "./database.ts";
import type { RowId, SessionRow, Timestamp } from "./schema.ts";

export async function insertSession(
  { db, at, newId }: Writing,
  session: Omit<SessionRow, "id" | "created_at" | "seen_at">,
): Promise<SessionRow> {
  const row = { ...session, id: newId(), created_at: at, seen_at: at };
  await db.insertInto("sessions").values(row).execute();
  return row;
}

/** The session and its account, if it holds at `now` and the account is in use. */
export async function sessionOfHash(
  db: Queries,
  kind: SessionRow["kind"],
  secretHash: string,
  now: Timestamp,
): Promise<{ readonly session: SessionRow; readonly account: Account } | undefined> {
  const session = await db
    .selectFrom("sessions")
    .selectAll()
    .where("secret_hash", "=", secretHash)
    .where("kind", "=", kind)
    .where("idle_until", ">", now)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  if (session === undefined) return undefined;
  const account = await accountInUse(db, session.account_id);
  return account === undefined ? undefined : { session, account };
}

export async function sessionsOf(db: Queries, accountId: RowId, now: Timestamp): Promise<SessionRow[]> {
  return await db
    .selectFrom("sessions")
    .selectAll()
    .where("account_id", "=", accountId)
    .where("idle_until", ">", now)
    .where("expires_at", ">", now)
    .orderBy("id")
    .execute();
}

/** Notes that a session was used. */
export async function touchSession({ db, at }: Writing, id: RowId, idleUntil: Timestamp): Promise<void> {
  await db.updateTable("sessions").set({ seen_at: at, idle_until: idleUntil }).where("id", "=", id).execute();
}

/** Ends one session of an account; false when it has no such session. */
export async function deleteSession({ db }: Writing, accountId: RowId, id: RowId): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("sessions")
    .where("account_id", "=", accountId)
    .where("id", "=", id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Ends all sessions of an account but one, or all. Gives their number. */
export async function deleteSessionsOf({ db }: Writing, accountId: RowId, except?: RowId): Promise<number> {
  let query = db.deleteFrom("sessions").where("account_id", "=", accountId);
  if (except !== undefined) query = query.where("id", "!=", except);
  return Number((await query.executeTakeFirst()).numDeletedRows);
}

/** Ends the sessions of an account that began in one way, but one of them, or all. */
export async function deleteSessionsOfWay(
  { db }: Writing,
  accountId: RowId,
  way: string,
  except?: RowId,
): Promise<void> {
  let query = db.deleteFrom("sessions").where("account_id", "=", accountId).where("way", "=", way);
  if (except !== undefined) query = query.where("id", "!=", except);
  await query.execute();
}

/** Removes the rows of sessions that have ended by themselves. */
export async function deleteEndedSessions({ db, at }: Writing): Promise<void> {
  await db
    .deleteFrom("sessions")
    .where((where) => where.or([where("idle_until", "<=", at), where("expires_at", "<=", at)]))
    .execute();
}
