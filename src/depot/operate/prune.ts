// Removing old releases by a rule. What is kept is decided first, by a pure function over all packages; what goes is
// removed in small transactions that look again at what may have changed meanwhile.
import { OPERATOR } from "../accounts.ts";
import { announceBlob } from "../blobs/ledger.ts";
import type { OpenPlace } from "../place.ts";
import { emptyChannelsOf } from "../promotion/change-channel.ts";
import { recordAudit } from "../store/audit.ts";
import { type DepotDatabase, timestampOf, type Writing } from "../store/database.ts";
import { deletePackage } from "../store/removal.ts";

export interface PruneRule {
  /** The newest releases to keep of each package and target, in each channel where only the newest count. */
  readonly keep: number;
  /** Channels where only the newest count; whatever another channel holds is kept. */
  readonly onlyNewestIn: readonly string[];
  /** Nothing younger goes, in milliseconds. */
  readonly minimumAgeMs: number;
  /** Only packages of these origins; empty for all. */
  readonly origins: readonly string[];
}

/** What the rule looks at. */
export interface PrunablePackage {
  readonly id: string;
  readonly origin: string;
  readonly name: string;
  readonly target: string;
  readonly ident: string;
  readonly checksum: string;
  readonly size: number;
  readonly createdAt: string;
  /** Newest first within a package and target: comparable as texts, greater is newer. */
  readonly order: readonly [string, number, string, string];
  readonly channels: readonly string[];
}

/** Packages that the rule does not keep by itself; dependencies are looked at afterwards. */
export function prunableByRule(
  packages: readonly PrunablePackage[],
  rule: PruneRule,
  nowMs: number,
): PrunablePackage[] {
  const newest = new Set<string>();
  const groups = new Map<string, PrunablePackage[]>();
  for (const each of packages)
    for (const channel of each.channels.filter((name) => rule.onlyNewestIn.includes(name))) {
      const key = `${each.origin}/${each.name} ${each.target} ${channel}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [each]);
      else group.push(each);
    }
  for (const group of groups.values())
    for (const { id } of group.sort(newestFirst).slice(0, rule.keep)) newest.add(id);
  const youngest = timestampOf(nowMs - rule.minimumAgeMs);
  return packages.filter(
    (each) =>
      !newest.has(each.id) &&
      each.createdAt <= youngest &&
      each.channels.every((channel) => rule.onlyNewestIn.includes(channel)) &&
      (rule.origins.length === 0 || rule.origins.includes(each.origin)),
  );
}

function newestFirst(one: PrunablePackage, other: PrunablePackage): number {
  for (let index = 0; index < one.order.length; index++) {
    const [left, right] = [one.order[index] as string | number, other.order[index] as string | number];
    if (left !== right) return left < right ? 1 : -1;
  }
  return 0;
}

export interface PruneResult {
  /** Idents with their targets, in order. */
  readonly removed: readonly { readonly ident: string; readonly target: string }[];
  /** Old enough to go, but something that stays depends on them. */
  readonly neededByOthers: number;
  readonly kept: number;
  /** Of blobs that no other package names. */
  readonly freedBytes: number;
  readonly dryRun: boolean;
}

export interface PruneOptions {
  readonly rule: PruneRule;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Removed in one transaction, so that uploads never wait for long. */
const PACKAGES_A_TRANSACTION = 50;

export async function prune(open: OpenPlace, options: PruneOptions): Promise<PruneResult> {
  const { database } = open;
  const all = await allPackages(database);
  const candidates = prunableByRule(all, options.rule, Date.now());
  const going = await withoutNeeded(database, candidates);
  const goingIds = new Set(going.map((each) => each.id));
  const stillNamed = new Set(all.filter((each) => !goingIds.has(each.id)).map((each) => each.checksum));
  const freed = new Map(
    going.filter((each) => !stillNamed.has(each.checksum)).map((each) => [each.checksum, each.size]),
  );
  let removed = going;
  if (!options.dryRun) {
    removed = [];
    // What depends on others goes before them: a removal that is broken off leaves nothing that lacks a dependency.
    const ordered = [...going].sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
    for (let from = 0; from < ordered.length; from += PACKAGES_A_TRANSACTION) {
      options.signal.throwIfAborted();
      removed.push(
        ...(await removeSome(
          open,
          ordered.slice(from, from + PACKAGES_A_TRANSACTION),
          goingIds,
          options.rule,
        )),
      );
      options.onProgress?.(Math.min(ordered.length, from + PACKAGES_A_TRANSACTION), ordered.length);
    }
  }
  return {
    removed: removed
      .map(({ ident, target }) => ({ ident, target }))
      .sort((one, other) => (one.ident < other.ident ? -1 : 1)),
    neededByOthers: candidates.length - going.length,
    kept: all.length - removed.length,
    freedBytes: [...freed.values()].reduce((sum, size) => sum + size, 0),
    dryRun: options.dryRun,
  };
}

async function allPackages({ db }: DepotDatabase): Promise<PrunablePackage[]> {
  const channels = new Map<string, string[]>();
  const memberships = await db
    .selectFrom("channel_packages")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .select(["channel_packages.package_id", "origin_channels.name"])
    .execute();
  for (const { package_id, name } of memberships) {
    const known = channels.get(package_id);
    if (known === undefined) channels.set(package_id, [name]);
    else known.push(name);
  }
  const rows = await db
    .selectFrom("packages")
    .select(["id", "origin", "name", "target", "ident", "release", "checksum", "size", "created_at"])
    .select(["version_numbers", "version_plain", "version_suffix"])
    .execute();
  return rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    name: row.name,
    target: row.target,
    ident: row.ident,
    checksum: row.checksum,
    size: Number(row.size),
    createdAt: row.created_at,
    order: [row.version_numbers, row.version_plain, row.version_suffix, row.release],
    channels: channels.get(row.id) ?? [],
  }));
}

/** Idents asked for in one question. */
const IDENTS_A_QUESTION = 500;

/** Those that nothing which stays depends on. What stays because of that may itself keep others. */
async function withoutNeeded(
  { db }: DepotDatabase,
  candidates: readonly PrunablePackage[],
): Promise<PrunablePackage[]> {
  let going = [...candidates];
  for (;;) {
    const ids = new Set(going.map((each) => each.id));
    const needed = new Set<string>();
    for (let from = 0; from < going.length; from += IDENTS_A_QUESTION) {
      const idents = going.slice(from, from + IDENTS_A_QUESTION).map((each) => each.ident);
      const rows = await db
        .selectFrom("package_dependencies")
        .select(["package_id", "ident"])
        .where("ident", "in", idents)
        .execute();
      for (const { package_id, ident } of rows) if (!ids.has(package_id)) needed.add(ident);
    }
    const rest = going.filter((each) => !needed.has(each.ident));
    if (rest.length === going.length) return rest;
    going = rest;
  }
}

async function removeSome(
  { database, blobs }: OpenPlace,
  packages: readonly PrunablePackage[],
  going: ReadonlySet<string>,
  rule: PruneRule,
): Promise<PrunablePackage[]> {
  const { removed, intents } = await database.write(async (writing) => {
    const removed: PrunablePackage[] = [];
    const intents: { digest: string; intent: string }[] = [];
    for (const each of packages) {
      if (!(await mayStillGo(writing, each, going, rule))) continue;
      await removePackage(writing, each);
      intents.push({ digest: each.checksum, intent: await announceBlob(writing, each.checksum) });
      removed.push(each);
    }
    return { removed, intents };
  });
  for (const { digest, intent } of intents) await blobs.removeUnreferenced(digest, intent);
  return removed;
}

/** Nobody has promoted it, nor uploaded what depends on it, since the plan was made. */
async function mayStillGo(
  { db }: Writing,
  each: PrunablePackage,
  going: ReadonlySet<string>,
  rule: PruneRule,
): Promise<boolean> {
  const channels = await db
    .selectFrom("channel_packages")
    .innerJoin("origin_channels", "origin_channels.id", "channel_packages.channel_id")
    .select("origin_channels.name")
    .where("channel_packages.package_id", "=", each.id)
    .execute();
  if (channels.some(({ name }) => !rule.onlyNewestIn.includes(name))) return false;
  const dependents = await db
    .selectFrom("package_dependencies")
    .select("package_id")
    .where("ident", "=", each.ident)
    .execute();
  return dependents.every(({ package_id }) => going.has(package_id));
}

async function removePackage(writing: Writing, each: PrunablePackage): Promise<void> {
  await emptyChannelsOf(writing, OPERATOR, each);
  await deletePackage(writing, each.id);
  await recordAudit(writing, OPERATOR, {
    operation: "package-delete",
    subject: each.ident,
    origin: each.origin,
    details: { target: each.target, reason: "prune" },
  });
}
