// For the tests of the depot's pages and for its pictures: packages as rows, written straight into the database of a depot, and
// some made up: many of them, and a graph.
import { openPlace } from "../../src/depot/place.ts";
import { wordsOf } from "../../src/depot/search-words.ts";
import { findChannel, insertOrigin } from "../../src/depot/store/origins.ts";
import { type AnyRow, insertRows } from "../../src/depot/store/whole-tables.ts";
import type { TestDepot } from "../../src/depot/testing/depot.ts";
import { versionOrder } from "../../src/depot/version-order.ts";

/** A package as rows: versions oldest first. */
export interface FilledPackage {
  readonly origin: string;
  readonly name: string;
  readonly versions: readonly string[];
  /** Full idents. */
  readonly deps?: readonly string[];
  readonly tdeps?: readonly string[];
  readonly description?: string;
}

export const RELEASE = "20260102030405";

/** Writes packages into a depot that may run; all are public, and in unstable and stable. No hart is behind them. */
export async function fill(
  depot: TestDepot,
  owner: string,
  packages: readonly FilledPackage[],
): Promise<void> {
  const { database } = await openPlace(depot.place);
  try {
    const account = await database.db
      .selectFrom("accounts")
      .selectAll()
      .where("name", "=", owner)
      .executeTakeFirst();
    if (account === undefined) throw new Error(`no account ${owner}`);
    const channels = new Map<string, string[]>();
    for (const origin of new Set(packages.map((each) => each.origin)))
      channels.set(
        origin,
        await database.write(async (writing) => {
          if ((await findChannel(writing.db, origin, "stable")) === undefined)
            await insertOrigin(
              writing,
              { accountId: account.id, accountName: account.name, trigger: "test", address: "" },
              account.id,
              origin,
              "public",
            );
          const found = await Promise.all(
            ["unstable", "stable"].map((channel) => findChannel(writing.db, origin, channel)),
          );
          return found.map((channel) => channel?.id ?? "");
        }),
      );
    await database.write(async ({ db, at, newId }) => {
      const rows: AnyRow[] = [];
      const members: AnyRow[] = [];
      const words: AnyRow[] = [];
      const settings: AnyRow[] = [];
      const needs: AnyRow[] = [];
      for (const each of packages) {
        const { origin, name, versions, deps = [], tdeps = deps, description = "A package" } = each;
        const times = { created_at: at, updated_at: at };
        settings.push({ id: newId(), owner_id: account.id, origin, name, visibility: "public", ...times });
        for (const word of new Set([...wordsOf(origin), ...wordsOf(name)]))
          words.push({ word, origin, name });
        for (const version of versions) {
          const id = newId();
          const ident = `${origin}/${name}/${version}/${RELEASE}`;
          const manifest = `# ${origin} / ${name}\n${description}\n\n* __Maintainer__: Somebody\n`;
          rows.push({
            ...{
              id,
              owner_id: account.id,
              origin,
              name,
              version,
              release: RELEASE,
              ident,
              target: "x86_64-linux",
            },
            ...(versionOrder(version) as unknown as AnyRow),
            ...{ checksum: "ab".repeat(32), size: 48_000 + ident.length * 1777, manifest, config: "" },
            ...{
              deps: JSON.stringify(deps),
              tdeps: JSON.stringify(tdeps),
              build_deps: "[]",
              build_tdeps: "[]",
            },
            ...{
              exposes: "[]",
              package_type: "standard",
              visibility: "public",
              signer: `${origin}-${RELEASE}`,
            },
            ...times,
          });
          for (const dependency of tdeps) {
            const [dependencyOrigin = "", dependencyName = ""] = dependency.split("/");
            needs.push({ package_id: id, ident: dependency, origin: dependencyOrigin, name: dependencyName });
          }
          for (const channel_id of channels.get(origin) ?? [])
            members.push({ channel_id, package_id: id, ...times });
        }
      }
      await insertRows(db, "packages", rows);
      await insertRows(db, "channel_packages", members);
      await insertRows(db, "package_settings", settings);
      await insertRows(db, "search_words", words);
      await insertRows(db, "package_dependencies", needs);
    });
  } finally {
    await database.close();
  }
}

const NOUNS = ["server", "client", "lib", "agent", "exporter", "proxy", "tools", "cache"] as const;

/** So many packages over a few origins. */
export function manyPackages(count: number): FilledPackage[] {
  return Array.from({ length: count }, (_, index) => ({
    origin: ["core", "forge", "northwind", "labs"][index % 4] ?? "core",
    name: `${["redis", "nginx", "postgres", "kafka", "consul"][index % 5]}-${NOUNS[index % 8]}-${index}`,
    versions: ["1.0.0", "1.1.0"],
  }));
}

/** A graph of so many packages below `core/app-of-all`, in layers that need some of the next ones. */
export function graphPackages(count: number): { packages: FilledPackage[]; top: string } {
  const layers = 9;
  const perLayer = Math.ceil(count / layers);
  const nameOf = (at: number): string => `core/part-${at}/1.${at % 7}.0/${RELEASE}`;
  const deps = (at: number): number[] => {
    const layer = Math.floor(at / perLayer);
    return [1, 2, 5]
      .map((step) => (layer + 1) * perLayer + ((at * 7 + step * 3) % perLayer))
      .filter((next) => layer + 1 < layers && next < count);
  };
  const below = (at: number, found = new Set<number>()): Set<number> => {
    for (const next of deps(at))
      if (!found.has(next)) {
        found.add(next);
        below(next, found);
      }
    return found;
  };
  const packages = Array.from({ length: count }, (_, at) => ({
    origin: "core",
    name: `part-${at}`,
    versions: [`1.${at % 7}.0`],
    deps: deps(at).map(nameOf),
    tdeps: [...below(at)].map(nameOf),
  }));
  const first = Array.from({ length: perLayer }, (_, at) => nameOf(at));
  const top = { origin: "core", name: "app-of-all", versions: ["1.0.0"], deps: first };
  return {
    packages: [...packages, { ...top, tdeps: Array.from({ length: count }, (_, at) => nameOf(at)) }],
    top: `core/app-of-all/1.0.0/${RELEASE}`,
  };
}
