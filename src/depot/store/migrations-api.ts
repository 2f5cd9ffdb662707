// The database's second step: invitations, secrets, integrations, scopes of tokens, and an index for events.
import type { Kysely } from "kysely";

export async function addOriginTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("origin_invitations")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("account_name", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("ignored", "integer", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("origin_invitations_account", ["origin", "account_id"])
    .execute();
  await db.schema
    .createIndex("origin_invitations_recipient")
    .on("origin_invitations")
    .column("account_id")
    .execute();

  await db.schema
    .createTable("origin_secrets")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("origin_secrets_name")
    .on("origin_secrets")
    .columns(["origin", "name"])
    .execute();

  await db.schema
    .createTable("origin_integrations")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("integration", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("origin_integrations_name", ["origin", "integration", "name"])
    .execute();

  await db.schema.alterTable("access_tokens").addColumn("origins", "text").execute();
  await db.schema.alterTable("access_tokens").addColumn("verbs", "text").execute();
  await db.schema
    .alterTable("accounts")
    .addColumn("may_create_origins", "integer", (column) => column.notNull().defaultTo(1))
    .execute();

  await db.schema.createIndex("audit_operation").on("audit").columns(["operation", "at"]).execute();
}
