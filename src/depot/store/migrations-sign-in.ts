// The database's step for signing in: passwords, identities of other services, sessions, failed attempts, and accounts
// that are switched off.
import type { Kysely } from "kysely";

export async function addSignIn(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("account_passwords")
    .addColumn("account_id", "text", (column) => column.primaryKey().notNull().references("accounts.id"))
    .addColumn("hash", "text", (column) => column.notNull())
    .addColumn("changed_at", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("account_identities")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("issuer", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("provider", "text", (column) => column.notNull())
    .addColumn("user_name", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("account_identities_subject", ["issuer", "subject"])
    .execute();
  await db.schema
    .createIndex("account_identities_account")
    .on("account_identities")
    .column("account_id")
    .execute();

  await db.schema
    .createTable("sessions")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("secret_hash", "text", (column) => column.notNull().unique())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("way", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("user_agent", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("seen_at", "text", (column) => column.notNull())
    .addColumn("idle_until", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("sessions_account").on("sessions").column("account_id").execute();
  await db.schema.createIndex("sessions_end").on("sessions").column("expires_at").execute();

  await db.schema
    .createTable("sign_in_failures")
    .addColumn("name_hash", "text", (column) => column.primaryKey().notNull())
    .addColumn("failures", "integer", (column) => column.notNull())
    .addColumn("last_at", "text", (column) => column.notNull())
    .addColumn("locked_until", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("sign_in_failures_last").on("sign_in_failures").column("last_at").execute();

  await db.schema.alterTable("accounts").addColumn("disabled_at", "text").execute();
}
