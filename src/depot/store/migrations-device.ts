// The database's step for signing in from a terminal by a code that is approved on a page.
import type { Kysely } from "kysely";

export async function addDeviceRequests(db: Kysely<unknown>): Promise<void> {
  // Without a reference to accounts: older programs remove an account without knowing of this table.
  await db.schema
    .createTable("device_requests")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("secret_hash", "text", (column) => column.notNull().unique())
    .addColumn("user_code", "text", (column) => column.notNull().unique())
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("days", "integer")
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("account_id", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("device_requests_end").on("device_requests").column("expires_at").execute();
}
