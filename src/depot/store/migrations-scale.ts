// The database's tenth step: what several processes on one database share, and what a crash between a blob and its row
// is repaired from.
import type { Kysely } from "kysely";

export async function addSharedState(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("depot_counters")
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .addColumn("value", "bigint", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("depot_facts")
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("blob_intents")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("blob_intents_digest").on("blob_intents").column("digest").execute();
}
