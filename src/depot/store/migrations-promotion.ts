// The database's step for promotions: histories of channels, gates and requests, events, webhooks.
import { type Kysely, sql } from "kysely";

export async function addPromotion(db: Kysely<unknown>): Promise<void> {
  await addHistories(db);
  await addGates(db);
  await addEvents(db);
}

async function addHistories(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("channel_changes")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("action", "text", (column) => column.notNull())
    .addColumn("from_channel", "text", (column) => column.notNull())
    .addColumn("request_id", "text")
    .addColumn("back_to", "integer")
    .addColumn("added", "integer", (column) => column.notNull())
    .addColumn("removed", "integer", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("account_name", "text", (column) => column.notNull())
    .addColumn("trigger", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addUniqueConstraint("channel_changes_number", ["origin", "channel", "number"])
    .execute();
  await db.schema
    .createTable("channel_change_items")
    .addColumn("change_id", "text", (column) => column.notNull().references("channel_changes.id"))
    .addColumn("package_id", "text", (column) => column.notNull())
    .addColumn("ident", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("added", "integer", (column) => column.notNull())
    .addPrimaryKeyConstraint("channel_change_items_pk", ["change_id", "package_id"])
    .execute();
  // What a channel holds now is its first known state: earlier ones are reckoned backwards from the present. A channel's own
  // id is a good one for that row: no other change has it.
  const now = new Date().toISOString().slice(0, -1);
  await sql`insert into channel_changes (id, origin, channel, number, action, from_channel, request_id, back_to, added,
    removed, at, account_id, account_name, trigger, address)
    select id, origin, name, 1, 'begin', '', null, null, 0, 0, cast(${now} as text), '0', '', 'command', '' from origin_channels`.execute(
    db,
  );
}

async function addGates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("channel_gates")
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("approvals", "integer", (column) => column.notNull())
    .addColumn("accounts", "text", (column) => column.notNull())
    .addColumn("roles", "text", (column) => column.notNull())
    .addColumn("own", "integer", (column) => column.notNull())
    .addColumn("expires_after_hours", "integer", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("updated_by", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("channel_gates_pk", ["origin", "channel"])
    .execute();
  await db.schema
    .createTable("promotion_requests")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("from_channel", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("comment", "text", (column) => column.notNull())
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("account_name", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("decided_at", "text")
    .addColumn("change_number", "integer")
    .execute();
  await db.schema
    .createIndex("promotion_requests_origin")
    .on("promotion_requests")
    .columns(["origin", "state", "id"])
    .execute();
  await db.schema
    .createIndex("promotion_requests_end")
    .on("promotion_requests")
    .columns(["state", "expires_at"])
    .execute();
  await db.schema
    .createTable("promotion_request_items")
    .addColumn("request_id", "text", (column) => column.notNull().references("promotion_requests.id"))
    .addColumn("package_id", "text", (column) => column.notNull())
    .addColumn("ident", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("checksum", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("promotion_request_items_pk", ["request_id", "package_id"])
    .execute();
  await db.schema
    .createTable("promotion_decisions")
    .addColumn("request_id", "text", (column) => column.notNull().references("promotion_requests.id"))
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("account_name", "text", (column) => column.notNull())
    .addColumn("decision", "text", (column) => column.notNull())
    .addColumn("comment", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("promotion_decisions_pk", ["request_id", "account_id"])
    .execute();
}

async function addEvents(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("depot_events")
    .addColumn("seq", "bigint", (column) => column.primaryKey().notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("origin", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("data", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("webhooks")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("url", "text", (column) => column.notNull())
    .addColumn("events", "text", (column) => column.notNull())
    .addColumn("secret", "text", (column) => column.notNull())
    .addColumn("active", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("webhooks_origin").on("webhooks").columns(["origin", "id"]).execute();
  await db.schema
    .createTable("webhook_deliveries")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("webhook_id", "text", (column) => column.notNull().references("webhooks.id"))
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("payload", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("attempts", "integer", (column) => column.notNull())
    .addColumn("due_at", "text", (column) => column.notNull())
    .addColumn("leased_until", "text", (column) => column.notNull())
    .addColumn("status", "integer")
    .addColumn("error", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("webhook_deliveries_due")
    .on("webhook_deliveries")
    .columns(["state", "due_at"])
    .execute();
  await db.schema
    .createIndex("webhook_deliveries_hook")
    .on("webhook_deliveries")
    .columns(["webhook_id", "id"])
    .execute();
}
