// Requests of terminals for a token, until a person has decided on them on a page (sign-in/device.ts). A row lives some
// minutes: it goes with the token that is made of it, or with its time.
import type { Queries, Writing } from "./database.ts";
import type { DeviceRequestRow, RowId, Timestamp } from "./schema.ts";

/** Adds a request, and removes those whose time is over. */
export async function insertDeviceRequest(
  { db, at, newId }: Writing,
  request: Omit<DeviceRequestRow, "id" | "created_at" | "state" | "account_id">,
): Promise<DeviceRequestRow> {
  await db.deleteFrom("device_requests").where("expires_at", "<=", at).execute();
  const row = { ...request, id: newId(), created_at: at, state: "waiting", account_id: null } as const;
  await db.insertInto("device_requests").values(row).execute();
  return row;
}

/** How many there are, in whatever state. */
export async function countDeviceRequests(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("device_requests")
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** By the hash of the code that the terminal holds, if its time is not over at `now`. */
export async function deviceRequestOfHash(
  db: Queries,
  secretHash: string,
  now: Timestamp,
): Promise<DeviceRequestRow | undefined> {
  return await db
    .selectFrom("device_requests")
    .selectAll()
    .where("secret_hash", "=", secretHash)
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

/** One that nobody has decided on, by the code that the person types. */
export async function waitingDeviceRequest(
  db: Queries,
  userCode: string,
  now: Timestamp,
): Promise<DeviceRequestRow | undefined> {
  return await db
    .selectFrom("device_requests")
    .selectAll()
    .where("user_code", "=", userCode)
    .where("state", "=", "waiting")
    .where("expires_at", ">", now)
    .executeTakeFirst();
}

export async function decideDeviceRequest(
  { db }: Writing,
  id: RowId,
  decision: { readonly state: "approved" | "refused"; readonly accountId: RowId },
): Promise<void> {
  await db
    .updateTable("device_requests")
    .set({ state: decision.state, account_id: decision.accountId })
    .where("id", "=", id)
    .execute();
}

export async function deleteDeviceRequest({ db }: Writing, id: RowId): Promise<void> {
  await db.deleteFrom("device_requests").where("id", "=", id).execute();
}
