// The database's shape, step by step. Forward only: a released step never changes, a new one is added at the end.
// Only data types and clauses that SQLite and PostgreSQL share.

import type { Kysely } from "kysely";
import type { DepotMigrations } from "./migrate.ts";
import { addOriginTables } from "./migrations-api.ts";
import { addDeviceRequests } from "./migrations-device.ts";
import { addPiecesAndIndexes } from "./migrations-pieces.ts";
import { addPromotion } from "./migrations-promotion.ts";
import { addSharedState } from "./migrations-scale.ts";
import { addSignIn } from "./migrations-sign-in.ts";

/** Migrations by name; they run in the order of their names, each once. */
export const depotMigrations: DepotMigrations = {
  "0001-packages-channels-accounts": { up: createFirstTables },
  // Programs that do not know scopes would let every token do everything.
  "0002-invitations-secrets-scopes": { up: addOriginTables },
  "0010-shared-state": { up: addSharedState, worksWith: "0001-packages-channels-accounts" },
  // Older programs know tokens only, and find none of an account that is switched off (store/accounts.ts).
  "0021-sign-in": { up: addSignIn, worksWith: "0002-invitations-secrets-scopes" },
  // Programs that do not know gates would promote without approvals, and write no history.
  "0036-promotion": { up: addPromotion },
  "0038-upload-pieces": { up: addPiecesAndIndexes, worksWith: "0010-shared-state" },
  "0052-device-requests": { up: addDeviceRequests, worksWith: "0036-promotion" },
};

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("accounts")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("email", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("access_tokens")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("label", "text", (column) => column.notNull())
    .addColumn("token_hash", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text")
    .execute();
  await db.schema
    .createIndex("access_tokens_account")
    .on("access_tokens")
    .columns(["account_id", "label"])
    .execute();

  await db.schema
    .createTable("origins")
    .addColumn("name", "text", (column) => column.primaryKey().notNull())
    .addColumn("owner_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("default_package_visibility", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();

  await db.schema
    .createTable("origin_members")
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("account_id", "text", (column) => column.notNull().references("accounts.id"))
    .addColumn("member_role", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("origin_members_pk", ["origin", "account_id"])
    .execute();
  await db.schema
    .createIndex("origin_members_account")
    .on("origin_members")
    .columns(["account_id", "origin"])
    .execute();

  await db.schema
    .createTable("origin_channels")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("origin_channels_name", ["origin", "name"])
    .execute();

  await db.schema
    .createTable("origin_keys")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("revision", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("origin_keys_revision", ["origin", "kind", "revision"])
    .execute();

  await db.schema
    .createTable("packages")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("version", "text", (column) => column.notNull())
    .addColumn("release", "text", (column) => column.notNull())
    .addColumn("ident", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("version_numbers", "text", (column) => column.notNull())
    .addColumn("version_plain", "integer", (column) => column.notNull())
    .addColumn("version_suffix", "text", (column) => column.notNull())
    .addColumn("checksum", "text", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("manifest", "text", (column) => column.notNull())
    .addColumn("config", "text", (column) => column.notNull())
    .addColumn("deps", "text", (column) => column.notNull())
    .addColumn("tdeps", "text", (column) => column.notNull())
    .addColumn("build_deps", "text", (column) => column.notNull())
    .addColumn("build_tdeps", "text", (column) => column.notNull())
    .addColumn("exposes", "text", (column) => column.notNull())
    .addColumn("package_type", "text", (column) => column.notNull())
    .addColumn("visibility", "text", (column) => column.notNull())
    .addColumn("signer", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("packages_ident_target", ["ident", "target"])
    .execute();
  await db.schema
    .createIndex("packages_latest")
    .on("packages")
    .columns([
      "origin",
      "name",
      "target",
      "version_numbers desc",
      "version_plain desc",
      "version_suffix desc",
      "release desc",
    ])
    .execute();
  await db.schema
    .createIndex("packages_version")
    .on("packages")
    .columns(["origin", "name", "version", "release"])
    .execute();
  await db.schema.createIndex("packages_checksum").on("packages").column("checksum").execute();

  await db.schema
    .createTable("package_dependencies")
    .addColumn("package_id", "text", (column) => column.notNull().references("packages.id"))
    .addColumn("origin", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("ident", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("package_dependencies_pk", ["package_id", "ident"])
    .execute();
  await db.schema
    .createIndex("package_dependencies_reverse")
    .on("package_dependencies")
    .columns(["origin", "name", "ident"])
    .execute();

  await db.schema
    .createTable("channel_packages")
    .addColumn("channel_id", "text", (column) => column.notNull().references("origin_channels.id"))
    .addColumn("package_id", "text", (column) => column.notNull().references("packages.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("channel_packages_pk", ["channel_id", "package_id"])
    .execute();
  await db.schema
    .createIndex("channel_packages_package")
    .on("channel_packages")
    .columns(["package_id", "channel_id"])
    .execute();

  await db.schema
    .createTable("package_settings")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("origin", "text", (column) => column.notNull().references("origins.name"))
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("visibility", "text", (column) => column.notNull())
    .addColumn("owner_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addUniqueConstraint("package_settings_name", ["origin", "name"])
    .execute();

  await db.schema
    .createTable("search_words")
    .addColumn("word", "text", (column) => column.notNull())
    .addColumn("origin", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("search_words_pk", ["word", "origin", "name"])
    .execute();

  await db.schema
    .createTable("audit")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("account_name", "text", (column) => column.notNull())
    .addColumn("origin", "text", (column) => column.notNull())
    .addColumn("operation", "text", (column) => column.notNull())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("channel", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .addColumn("trigger", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("audit_origin").on("audit").columns(["origin", "at"]).execute();
}
