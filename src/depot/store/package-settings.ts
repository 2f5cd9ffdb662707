// Settings of a package: the visibility its next releases get. Made by the first upload, or before it by hand.
import type { Queries, Writing } from "./database.ts";
import type { Page, Window } from "./packages.ts";
import type { PackageSettingsTable, Visibility } from "./schema.ts";

export type PackageSettings = PackageSettingsTable;

export async function findSettings(
  db: Queries,
  origin: string,
  name: string,
): Promise<PackageSettings | undefined> {
  return await db
    .selectFrom("package_settings")
    .selectAll()
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirst();
}

/** Settings of an origin's packages that have one of these visibilities, by name. */
export async function listSettings(
  db: Queries,
  origin: string,
  visible: readonly Visibility[],
  window: Window,
): Promise<Page<PackageSettings>> {
  const base = db
    .selectFrom("package_settings")
    .where("origin", "=", origin)
    .where("visibility", "in", visible);
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const items = await base
    .selectAll()
    .orderBy("name")
    .limit(window.limit ?? Number(count))
    .offset(window.offset)
    .execute();
  return { total: Number(count), items };
}

export async function setSettingsVisibility(
  { db, at }: Writing,
  origin: string,
  name: string,
  visibility: Visibility,
): Promise<void> {
  await db
    .updateTable("package_settings")
    .set({ visibility, updated_at: at })
    .where("origin", "=", origin)
    .where("name", "=", name)
    .execute();
}

/** Removes settings; false when there were none. */
export async function deleteSettings({ db }: Writing, origin: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("package_settings")
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
