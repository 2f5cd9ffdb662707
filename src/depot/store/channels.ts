// What is in which channel.
import type { Queries, Writing } from "./database.ts";
import type { Visibility } from "./schema.ts";

/** Puts a package into a channel; false when it was there. */
export async function addToChannel(
  { db, at }: Writing,
  channelId: string,
  packageId: string,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto("channel_packages")
    .values({ channel_id: channelId, package_id: packageId, created_at: at, updated_at: at })
    .onConflict((conflict) => conflict.columns(["channel_id", "package_id"]).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Takes a package out of a channel; false when it was not there. */
export async function removeFromChannel(
  { db }: Writing,
  channelId: string,
  packageId: string,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom("channel_packages")
    .where("channel_id", "=", channelId)
    .where("package_id", "=", packageId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/**
 * Idents in a channel, and all targets of each: the packages a whole channel's promotion means (Compat: an ident that
 * is in the source for one target is promoted for all, reference/depot-api.md §9).
 */
export async function packagesOfChannel(
  db: Queries,
  channelId: string,
): Promise<{ id: string; ident: string }[]> {
  return await db
    .selectFrom("packages")
    .select(["id", "ident"])
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

/** Removes a package from every channel. */
export async function removeFromAllChannels({ db }: Writing, packageId: string): Promise<void> {
  await db.deleteFrom("channel_packages").where("package_id", "=", packageId).execute();
}
