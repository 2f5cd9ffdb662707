// Key files of origins. Bodies of secret kinds are sealed before they come here.
import type { Queries, Writing } from "./database.ts";
import type { OriginKeyKind, OriginKeyTable, RowId } from "./schema.ts";

export type OriginKey = OriginKeyTable;

export async function findKey(
  db: Queries,
  origin: string,
  kind: OriginKeyKind,
  revision: string,
): Promise<OriginKey | undefined> {
  return await db
    .selectFrom("origin_keys")
    .selectAll()
    .where("origin", "=", origin)
    .where("kind", "=", kind)
    .where("revision", "=", revision)
    .executeTakeFirst();
}

/** The key with the greatest revision. */
export async function latestKey(
  db: Queries,
  origin: string,
  kind: OriginKeyKind,
): Promise<OriginKey | undefined> {
  return await db
    .selectFrom("origin_keys")
    .selectAll()
    .where("origin", "=", origin)
    .where("kind", "=", kind)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Revisions of an origin's keys of a kind, newest first. */
export async function keyRevisions(db: Queries, origin: string, kind: OriginKeyKind): Promise<string[]> {
  const rows = await db
    .selectFrom("origin_keys")
    .select("revision")
    .where("origin", "=", origin)
    .where("kind", "=", kind)
    .orderBy("revision", "desc")
    .execute();
  return rows.map((row) => row.revision);
}

/** Adds a key. Throws when that revision exists. */
export async function insertKey(
  { db, at, newId }: Writing,
  ownerId: RowId,
  key: {
    readonly origin: string;
    readonly kind: OriginKeyKind;
    readonly revision: string;
    readonly body: string;
  },
): Promise<void> {
  await db
    .insertInto("origin_keys")
    .values({ id: newId(), ...key, owner_id: ownerId, created_at: at })
    .execute();
}
