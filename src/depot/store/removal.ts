// Taking away: a release, and an origin with everything that still belongs to it.
import type { Kysely } from "kysely";
import type { Queries, Writing } from "./database.ts";

/** Removes the rows of a release for one target that is in no channel any more; its blob is the caller's. */
export async function deletePackage({ db }: Writing, packageId: string): Promise<void> {
  await db.deleteFrom("package_dependencies").where("package_id", "=", packageId).execute();
  await db.deleteFrom("packages").where("id", "=", packageId).execute();
}

/** Packages, of any target, under this origin and name. */
export async function countReleases(db: Queries, origin: string, name: string): Promise<number> {
  const { count } = await db
    .selectFrom("packages")
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .where("origin", "=", origin)
    .where("name", "=", name)
    .executeTakeFirstOrThrow();
  return Number(count);
}

type OriginTable =
  | "origin_members"
  | "origin_secrets"
  | "origin_integrations"
  | "origin_channels"
  | "packages"
  | "package_settings";

async function countIn(db: Queries, table: OriginTable, origin: string): Promise<number> {
  const { count } = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .where("origin", "=", origin)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Why an origin cannot be deleted, in the original's order and words (reference/depot-api.md §11); undefined when it can. */
export async function originRemainder(db: Queries, origin: string): Promise<string | undefined> {
  const zero = "Must be zero.";
  const rules: readonly [OriginTable, string, number, string][] = [
    ["origin_members", "members", 1, "Only one is allowed."],
    ["origin_secrets", "secrets", 0, zero],
    ["origin_integrations", "integrations", 0, zero],
    ["origin_channels", "channels", 2, "Only two are allowed [unstable, stable]."],
    ["packages", "packages", 0, zero],
    ["package_settings", "package settings entries", 0, zero],
  ];
  for (const [table, what, allowed, rule] of rules) {
    const count = await countIn(db, table, origin);
    if (count !== allowed) return `There are ${count} ${what} remaining in origin ${origin}. ${rule}`;
  }
  return undefined;
}

/** Removes an origin of which `originRemainder` says nothing. Its audit stays. */
export async function deleteOrigin({ db }: Writing, origin: string): Promise<void> {
  // Whoever has this name next must not read what others did under it.
  const inner = [
    ["channel_change_items", "change_id", "channel_changes"],
    ["promotion_request_items", "request_id", "promotion_requests"],
    ["promotion_decisions", "request_id", "promotion_requests"],
    ["webhook_deliveries", "webhook_id", "webhooks"],
  ] as const;
  const untyped = db as unknown as Kysely<Record<string, Record<string, string>>>;
  for (const [table, column, owner] of inner)
    await untyped
      .deleteFrom(table)
      .where(column, "in", (select) => select.selectFrom(owner).select("id").where("origin", "=", origin))
      .execute();
  const dependent = [
    "channel_changes",
    "channel_gates",
    "promotion_requests",
    "webhooks",
    "depot_events",
    "search_words",
    "origin_keys",
    "origin_invitations",
    "origin_channels",
    "origin_members",
  ] as const;
  for (const table of dependent) await db.deleteFrom(table).where("origin", "=", origin).execute();
  await db.deleteFrom("origins").where("name", "=", origin).execute();
}
