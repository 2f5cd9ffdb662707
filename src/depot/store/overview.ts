// What the depot holds as a whole, as far as somebody may see it: origins with the number of their packages, and what came
// last. Nothing of it is in the original's API; its pages had no such view.
import type { Caller } from "../roles.ts";
import type { Queries } from "./database.ts";
import type { PackageRow } from "./packages.ts";
import type { Visibility } from "./schema.ts";
import { isVisible } from "./visibility.ts";

export interface OriginCount {
  readonly origin: string;
  readonly package_count: number;
}

/** Origins with packages the caller may see, by name. */
export async function originCounts(db: Queries, caller: Caller | undefined): Promise<OriginCount[]> {
  // Led by the names, of which there are few beside the releases; a name may be left whose releases are all gone.
  const rows = await db
    .selectFrom("package_settings")
    .select(({ fn }) => ["package_settings.origin", fn.countAll<number | string>().as("count")])
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom("packages")
          .select("packages.id")
          .whereRef("packages.origin", "=", "package_settings.origin")
          .whereRef("packages.name", "=", "package_settings.name")
          .where(isVisible(caller)),
      ),
    )
    .groupBy("package_settings.origin")
    .orderBy("package_settings.origin")
    .execute();
  return rows.map(({ origin, count }) => ({ origin, package_count: Number(count) }));
}

export interface ChannelHead {
  readonly id: string;
  readonly origin: string;
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly target: string;
  readonly channel: string;
  readonly promoted_at: string;
}

/** The newest release (§4.5) of a package in each of its channels, for each target, newest first. */
export async function channelHeads(
  db: Queries,
  ident: { readonly origin: string; readonly name: string },
  visible: readonly Visibility[],
): Promise<ChannelHead[]> {
  const rows = await db
    .selectFrom("packages")
    .innerJoin("channel_packages", "channel_packages.package_id", "packages.id")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .select(["packages.id", "packages.origin", "packages.name", "packages.version", "packages.release"])
    .select([
      "packages.target",
      "origin_channels.name as channel",
      "channel_packages.updated_at as promoted_at",
    ])
    .where("packages.origin", "=", ident.origin)
    .where("packages.name", "=", ident.name)
    .where("packages.visibility", "in", visible)
    .orderBy("packages.version_numbers", "desc")
    .orderBy("packages.version_plain", "desc")
    .orderBy("packages.version_suffix", "desc")
    .orderBy("packages.release", "desc")
    .execute();
  const heads = new Map<string, ChannelHead>();
  for (const row of rows) {
    const key = `${row.channel} ${row.target}`;
    if (!heads.has(key)) heads.set(key, row);
  }
  return [...heads.values()];
}

/** The releases that came last, the newest first. */
export async function newestReleases(
  db: Queries,
  caller: Caller | undefined,
  limit: number,
): Promise<Pick<PackageRow, "origin" | "name" | "version" | "release" | "target" | "created_at">[]> {
  // Ids rise with time, and have an index.
  return await db
    .selectFrom("packages")
    .select(["origin", "name", "version", "release", "target", "created_at"])
    .where(isVisible(caller))
    .orderBy("packages.id", "desc")
    .limit(limit)
    .execute();
}
