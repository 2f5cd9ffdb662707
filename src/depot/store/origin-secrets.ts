// Secrets of an origin, each encrypted by who stored it. Compat: several may have one name.
import type { Queries, Writing } from "./database.ts";
import type { OriginSecretTable, RowId } from "./schema.ts";

export async function secretsOf(db: Queries, origin: string): Promise<OriginSecretTable[]> {
  return await db
    .selectFrom("origin_secrets")
    .selectAll()
    .where("origin", "=", origin)
    .orderBy("name")
    .orderBy("id")
    .execute();
}

export async function countSecrets(db: Queries, origin: string): Promise<number> {
  const { count } = await db
    .selectFrom("origin_secrets")
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .where("origin", "=", origin)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertSecret(
  { db, at, newId }: Writing,
  ownerId: RowId,
  secret: { readonly origin: string; readonly name: string; readonly value: string },
): Promise<void> {
  await db
    .insertInto("origin_secrets")
    .values({ id: newId(), ...secret, owner_id: ownerId, created_at: at })
    .execute();
}

/** Removes all secrets of this name; false when there was none. */
export async function deleteSecret({ db }: Writing, origin: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("origin_secrets")
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
