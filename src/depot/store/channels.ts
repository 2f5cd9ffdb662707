// What is in which channel.
import type { PackageRef } from "./channel-changes.ts";
import type { Queries, Writing } from "./database.ts";
import type { Channel } from "./origins.ts";
import type { RowId, Visibility } from "./schema.ts";

/** Packages of one statement; SQLite takes 32,766 values. */
const ROWS_A_STATEMENT = 1000;

/** Puts packages into a channel; gives the ids of those that were not there. Only changeChannel may call it. */
export async function addToChannel(
  { db, at }: Writing,
  channelId: RowId,
  packageIds: readonly RowId[],
): Promise<Set<RowId>> {
  const added = new Set<RowId>();
  for (let from = 0; from < packageIds.length; from += ROWS_A_STATEMENT) {
    const rows = await db
      .insertInto("channel_packages")
      .values(
        packageIds
          .slice(from, from + ROWS_A_STATEMENT)
          .map((id) => ({ channel_id: channelId, package_id: id, created_at: at, updated_at: at })),
      )
      .onConflict((conflict) => conflict.columns(["channel_id", "package_id"]).doNothing())
      .returning("package_id")
      .execute();
    for (const { package_id } of rows) added.add(package_id);
  }
  return added;
}

/** Takes packages out of a channel; gives the ids of those that were there. Only changeChannel may call it. */
export async function removeFromChannel(
  { db }: Writing,
  channelId: RowId,
  packageIds: readonly RowId[],
): Promise<Set<RowId>> {
  const removed = new Set<RowId>();
  for (let from = 0; from < packageIds.length; from += ROWS_A_STATEMENT) {
    const rows = await db
      .deleteFrom("channel_packages")
      .where("channel_id", "=", channelId)
      .where("package_id", "in", packageIds.slice(from, from + ROWS_A_STATEMENT))
      .returning("package_id")
      .execute();
    for (const { package_id } of rows) removed.add(package_id);
  }
  return removed;
}

/**
 * Idents in a channel, and all targets of each: the packages a whole channel's promotion means (Compat: an ident that
 * is in the source for one target is promoted for all, reference/depot-api.md §9).
 */
export async function packagesOfChannel(db: Queries, channelId: string): Promise<PackageRef[]> {
  return await db
    .selectFrom("packages")
    .select(["id", "ident", "target"])
    .where("ident", "in", (select) =>
      select
        .selectFrom("channel_packages")
        .innerJoin("packages as held", "held.id", "channel_packages.package_id")
        .select("held.ident")
        .where("channel_packages.channel_id", "=", channelId),
    )
    .execute();
}

/** The newest visible release of each name in a channel for a target, by name. */
export async function latestOfEachName(
  db: Queries,
  channelId: string,
  target: string,
  visible: readonly Visibility[],
): Promise<{ origin: string; name: string; version: string; release: string }[]> {
  const rows = await db
    .selectFrom("channel_packages")
    .innerJoin("packages", "packages.id", "channel_packages.package_id")
    .select(["packages.origin", "packages.name", "packages.version", "packages.release"])
    .where("channel_packages.channel_id", "=", channelId)
    .where("packages.target", "=", target)
    .where("packages.visibility", "in", visible)
    .orderBy("packages.name")
    .orderBy("packages.version_numbers", "desc")
    .orderBy("packages.version_plain", "desc")
    .orderBy("packages.version_suffix", "desc")
    .orderBy("packages.release", "desc")
    .execute();
  return rows.filter((row, index) => row.name !== rows[index - 1]?.name);
}

/** The channels a package is in, by name. */
export async function channelsHolding(db: Queries, packageId: RowId): Promise<Channel[]> {
  return await db
    .selectFrom("channel_packages")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .selectAll("origin_channels")
    .where("channel_packages.package_id", "=", packageId)
    .orderBy("origin_channels.name")
    .execute();
}
