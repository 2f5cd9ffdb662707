// Packages: which release is meant, what is listed, what an upload writes. Invisible packages are as absent here as
// everywhere: every reading function takes the visibilities its caller may see.
import type { SelectQueryBuilder } from "kysely";
import type { Queries, Writing } from "./database.ts";
import type { DepotTables, PackageTable, RowId, Visibility } from "./schema.ts";

/** Packages asked for by id in one question; SQLite takes 32,766 values. */
const IDS_A_QUESTION = 1000;

export type PackageRow = PackageTable;

/** A package, a version of it or one release, with all releases of the origin when even the name is missing. */
export interface IdentPrefix {
  readonly origin: string;
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly release?: string | undefined;
}

type PackageQuery<Row> = SelectQueryBuilder<DepotTables, "packages", Row>;

/** Narrows to an ident prefix, part by part and exact; the original also matches parts in other places (§4.4). */
function matching<Row>(query: PackageQuery<Row>, ident: IdentPrefix): PackageQuery<Row> {
  let narrowed = query.where("packages.origin", "=", ident.origin);
  if (ident.name !== undefined) narrowed = narrowed.where("packages.name", "=", ident.name);
  if (ident.version !== undefined) narrowed = narrowed.where("packages.version", "=", ident.version);
  if (ident.release !== undefined) narrowed = narrowed.where("packages.release", "=", ident.release);
  return narrowed;
}

function inChannel<Row>(query: PackageQuery<Row>, channelId: string): PackageQuery<Row> {
  return query.where(({ exists, selectFrom }) =>
    exists(
      selectFrom("channel_packages")
        .select("channel_packages.package_id")
        .whereRef("channel_packages.package_id", "=", "packages.id")
        .where("channel_packages.channel_id", "=", channelId),
    ),
  );
}

export interface PackageFilter {
  readonly ident: IdentPrefix;
  readonly visible: readonly Visibility[];
  readonly target?: string;
  readonly channelId?: string;
}

/** The newest package (§4.5) that passes the filter. */
export async function latestPackage(db: Queries, filter: PackageFilter): Promise<PackageRow | undefined> {
  let query = matching(db.selectFrom("packages").selectAll(), filter.ident).where(
    "packages.visibility",
    "in",
    filter.visible,
  );
  if (filter.target !== undefined) query = query.where("packages.target", "=", filter.target);
  if (filter.channelId !== undefined) query = inChannel(query, filter.channelId);
  return await query
    .orderBy("version_numbers", "desc")
    .orderBy("version_plain", "desc")
    .orderBy("version_suffix", "desc")
    .orderBy("release", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** The package of this ident and target, whatever its visibility: for checks before writing. */
export async function packageOf(db: Queries, ident: string, target: string): Promise<PackageRow | undefined> {
  return await db
    .selectFrom("packages")
    .selectAll()
    .where("ident", "=", ident)
    .where("target", "=", target)
    .executeTakeFirst();
}

/** Channels a package is in, by name, last first. */
export async function channelsOfPackage(
  db: Queries,
  packageId: string,
): Promise<{ name: string; created_at: string; updated_at: string }[]> {
  return await db
    .selectFrom("channel_packages")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .select(["origin_channels.name", "channel_packages.created_at", "channel_packages.updated_at"])
    .where("channel_packages.package_id", "=", packageId)
    .orderBy("origin_channels.name", "desc")
    .execute();
}

export interface Page<Item> {
  readonly total: number;
  readonly items: Item[];
}

/** Rows to skip and to give; `undefined` gives all. */
export interface Window {
  readonly offset: number;
  readonly limit: number | undefined;
}

export interface IdentRow {
  readonly origin: string;
  readonly name: string;
  readonly version: string;
  readonly release: string;
}

/** Distinct idents (over targets) that pass the filter, ordered by the ident's text. */
export async function listIdents(
  db: Queries,
  filter: PackageFilter,
  order: "asc" | "desc",
  window: Window,
): Promise<Page<IdentRow & { ident: string }>> {
  let base = matching(db.selectFrom("packages"), filter.ident).where(
    "packages.visibility",
    "in",
    filter.visible,
  );
  if (filter.target !== undefined) base = base.where("packages.target", "=", filter.target);
  if (filter.channelId !== undefined) base = inChannel(base, filter.channelId);
  const count = await base
    .select(({ fn }) => fn.count<number | string>("packages.ident").distinct().as("count"))
    .executeTakeFirstOrThrow();
  // Nothing but the ident, so that an index holds all that is asked for, in the order it is asked for.
  let rows = base.select("packages.ident").distinct().orderBy("packages.ident", order);
  if (window.limit !== undefined) rows = rows.limit(window.limit).offset(window.offset);
  return { total: Number(count.count), items: (await rows.execute()).map((row) => identRow(row.ident)) };
}

/** The parts of an ident as it is kept: no part has a slash. */
export function identRow(ident: string): IdentRow & { ident: string } {
  const [origin = "", name = "", version = "", release = ""] = ident.split("/");
  return { ident, origin, name, version, release };
}

/** For each of these idents: its channels (last name first, once per target) and its targets. */
export async function channelsAndTargets(
  db: Queries,
  idents: readonly string[],
): Promise<Map<string, { channels: string[]; platforms: string[] }>> {
  const found = new Map<string, { channels: string[]; platforms: string[] }>();
  if (idents.length === 0) return found;
  const targets = await db
    .selectFrom("packages")
    .select(["ident", "target"])
    .where("ident", "in", idents)
    .orderBy("target")
    .execute();
  for (const { ident, target } of targets) {
    const entry = found.get(ident) ?? { channels: [], platforms: [] };
    entry.platforms.push(target);
    found.set(ident, entry);
  }
  const channels = await db
    .selectFrom("packages")
    .innerJoin("channel_packages", "channel_packages.package_id", "packages.id")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .select(["packages.ident", "origin_channels.name"])
    .where("packages.ident", "in", idents)
    .orderBy("origin_channels.name", "desc")
    .execute();
  for (const { ident, name } of channels) found.get(ident)?.channels.push(name);
  return found;
}

/** Distinct origin/name pairs that pass the filter, by name. */
export async function listNames(
  db: Queries,
  filter: PackageFilter,
  window: Window,
): Promise<Page<{ origin: string; name: string }>> {
  const base = matching(db.selectFrom("packages"), filter.ident).where(
    "packages.visibility",
    "in",
    filter.visible,
  );
  const count = await base
    .select(({ fn }) => fn.count<number | string>("packages.name").distinct().as("count"))
    .executeTakeFirstOrThrow();
  let rows = base.select(["packages.origin", "packages.name"]).distinct().orderBy("packages.name");
  if (window.limit !== undefined) rows = rows.limit(window.limit).offset(window.offset);
  return { total: Number(count.count), items: await rows.execute() };
}

export interface VersionRow {
  readonly origin: string;
  readonly name: string;
  readonly version: string;
  readonly visibility: Visibility;
  readonly release_count: number;
  readonly latest: string;
}

/** Versions of a package, newest first, one row for each visibility a version has. */
export async function listVersions(
  db: Queries,
  ident: { readonly origin: string; readonly name: string },
  visible: readonly Visibility[],
): Promise<(VersionRow & { platforms: string[] })[]> {
  const rows = await db
    .selectFrom("packages")
    .select(({ fn }) => [
      "origin",
      "name",
      "version",
      "visibility",
      fn.countAll<number | string>().as("release_count"),
      fn.max("release").as("latest"),
    ])
    .where("origin", "=", ident.origin)
    .where("name", "=", ident.name)
    .where("visibility", "in", visible)
    .groupBy([
      "origin",
      "name",
      "version",
      "visibility",
      "version_numbers",
      "version_plain",
      "version_suffix",
    ])
    .orderBy("version_numbers", "desc")
    .orderBy("version_plain", "desc")
    .orderBy("version_suffix", "desc")
    .orderBy("visibility")
    .execute();
  const targets = await db
    .selectFrom("packages")
    .select(["version", "visibility", "target"])
    .distinct()
    .where("origin", "=", ident.origin)
    .where("name", "=", ident.name)
    .where("visibility", "in", visible)
    .orderBy("target")
    .execute();
  return rows.map((row) => ({
    ...row,
    release_count: Number(row.release_count),
    platforms: targets
      .filter((entry) => entry.version === row.version && entry.visibility === row.visibility)
      .map((entry) => entry.target),
  }));
}

/** Whether any package's blob is this one, or it is a piece of an unfinished upload. */
export async function isBlobReferenced(db: Queries, digest: string): Promise<boolean> {
  const row = await db
    .selectFrom("packages")
    .select("id")
    .where("checksum", "=", digest)
    .limit(1)
    .executeTakeFirst();
  if (row !== undefined) return true;
  const piece = await db
    .selectFrom("upload_pieces")
    .select("digest")
    .where("digest", "=", digest)
    .limit(1)
    .executeTakeFirst();
  return piece !== undefined;
}

/** Idents of packages for `target` whose TDEPS hold exactly `ident`. */
export async function directDependents(db: Queries, ident: string, target: string): Promise<string[]> {
  const rows = await db
    .selectFrom("package_dependencies")
    .innerJoin("packages", "packages.id", "package_dependencies.package_id")
    .select("packages.ident")
    .where("package_dependencies.ident", "=", ident)
    .where("packages.target", "=", target)
    .execute();
  return rows.map((row) => row.ident);
}

/** The visibility new releases of a package get, or undefined before its first upload. */
export async function settingsVisibility(
  db: Queries,
  origin: string,
  name: string,
): Promise<Visibility | undefined> {
  const row = await db
    .selectFrom("package_settings")
    .select("visibility")
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.visibility;
}

/** Settings for a package that has none yet; those another first upload has made at this moment stay. */
export async function insertSettings(
  { db, at, newId }: Writing,
  ownerId: string,
  origin: string,
  name: string,
  visibility: Visibility,
): Promise<void> {
  await db
    .insertInto("package_settings")
    .values({ id: newId(), origin, name, visibility, owner_id: ownerId, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.columns(["origin", "name"]).doNothing())
    .execute();
}

/** What an upload knows of a package; the database adds the id and the times. */
export type NewPackage = Omit<PackageRow, "id" | "created_at" | "updated_at">;

/** Adds a package, or gives the one of this ident and target all new values. Returns its id. */
export async function putPackage(
  { db, at, newId }: Writing,
  values: NewPackage,
  tdeps: readonly { readonly origin: string; readonly name: string; readonly ident: string }[],
): Promise<string> {
  const known = await packageOf(db, values.ident, values.target);
  const id = known?.id ?? newId();
  if (known === undefined) {
    await db
      .insertInto("packages")
      .values({ id, ...values, created_at: at, updated_at: at })
      .execute();
  } else {
    await db
      .updateTable("packages")
      .set({ ...values, updated_at: at })
      .where("id", "=", id)
      .execute();
    await db.deleteFrom("package_dependencies").where("package_id", "=", id).execute();
  }
  for (const dependency of new Map(tdeps.map((each) => [each.ident, each])).values()) {
    await db
      .insertInto("package_dependencies")
      .values({ package_id: id, ...dependency })
      .execute();
  }
  return id;
}

/** Sets the visibility of one release for all its targets. */
export async function setVisibility(
  { db, at }: Writing,
  ident: string,
  visibility: Visibility,
): Promise<void> {
  await db.updateTable("packages").set({ visibility, updated_at: at }).where("ident", "=", ident).execute();
}

/** Which of these packages are here with one of these visibilities. */
export async function visiblePackages(
  db: Queries,
  ids: readonly RowId[],
  visible: readonly Visibility[],
): Promise<Set<RowId>> {
  const found = new Set<RowId>();
  for (let from = 0; from < ids.length; from += IDS_A_QUESTION) {
    const rows = await db
      .selectFrom("packages")
      .select("id")
      .where("id", "in", ids.slice(from, from + IDS_A_QUESTION))
      .where("visibility", "in", visible)
      .execute();
    for (const { id } of rows) found.add(id);
  }
  return found;
}
