// The database's step for uploads that come in pieces (where each piece of an unfinished one is), and indexes that hold all
// that lists and searches ask of packages.
import type { Kysely } from "kysely";

export async function addPiecesAndIndexes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable("upload_pieces")
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("ident", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("checksum", "text", (column) => column.notNull())
    .addColumn("position", "bigint", (column) => column.notNull())
    .addColumn("size", "bigint", (column) => column.notNull())
    .addColumn("digest", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("upload_pieces_pk", ["account_id", "ident", "target", "checksum", "position"])
    .execute();
  await db.schema.createIndex("upload_pieces_digest").on("upload_pieces").column("digest").execute();

  await db.schema
    .createIndex("packages_listed")
    .on("packages")
    .columns(["origin", "ident", "visibility"])
    .execute();
  await db.schema
    .createIndex("search_words_named")
    .on("search_words")
    .columns(["origin", "name", "word"])
    .execute();
  await db.schema
    .createIndex("packages_found")
    .on("packages")
    .columns(["origin", "name", "visibility", "ident"])
    .execute();
}
