// For the tests of the depot's pages and for its pictures: a depot with hundreds of packages (rows written straight into its
// database) and a few real ones, uploaded, that have everything a page can show.
import { openPlace } from "../../src/depot/place.ts";
import { wordsOf } from "../../src/depot/search-words.ts";
import { findChannel, insertOrigin } from "../../src/depot/store/origins.ts";
import { type AnyRow, insertRows } from "../../src/depot/store/whole-tables.ts";
import { startTestDepot, type TestDepot } from "../../src/depot/testing/depot.ts";
import { makeHart, publicKeyText } from "../../src/depot/testing/harts.ts";
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
    origin: ["core", "acme", "northwind", "labs"][index % 4] ?? "core",
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

/** Uploads a real hart with these files. */
export async function uploadHart(
  depot: TestDepot,
  token: string,
  ident: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const [origin = ""] = ident.split("/");
  const revision = /-(\d{14})\n/.exec(publicKeyText(origin))?.[1] ?? "";
  await depot.call("POST", "/depot/origins", { token, json: { name: origin } });
  await depot.call("POST", `/depot/origins/${origin}/keys/${revision}`, {
    token,
    body: publicKeyText(origin),
  });
  const hart = await makeHart(ident, files);
  const path = `/depot/pkgs/${ident}?checksum=${hart.checksum}&target=x86_64-linux`;
  const { status } = await depot.call("POST", path, { token, body: hart.bytes });
  if (status !== 201) throw new Error(`upload of ${ident}: ${status}`);
}

export const WEB = "acme/web-shop/2.4.1/20260301120000";

const README = `# Web shop

The shop of **Acme**: catalogue, basket and checkout in one service. It needs [Redis](https://redis.io) for
sessions and keeps orders in PostgreSQL.

## Run it

\`\`\`bash
hab svc load acme/web-shop --bind database:postgresql.default --bind sessions:redis.default
\`\`\`

| Setting | Default | What it does |
|---|---|---|
| \`port\` | 8080 | where the shop listens |
| \`workers\` | 4 | processes that answer |
| \`currency\` | \`EUR\` | what prices are in |

## Upgrading

- From 2.3: nothing to do.
- From 1.x: run \`web-shop migrate\` once, *before* the new release is promoted.

> Sessions of 1.x are not taken over: customers sign in once more.
`;

const PLAN = `pkg_name=web-shop
pkg_origin=acme
pkg_version=2.4.1
pkg_deps=(core/redis-client core/openssl)
do_build() { make; }`;

/** Everything a page can show of a release. */
export const WEB_FILES: Readonly<Record<string, string>> = {
  MANIFEST: `# acme / web-shop
The shop of Acme: catalogue, basket and checkout in one service

* __Maintainer__: The shop's people <shop@acme.example>
* __Version__: 2.4.1
* __Upstream URL__: [https://shop.acme.example](https://shop.acme.example)
* __License__: Apache-2.0

# Plan

## Plan Source

\`\`\`bash
${PLAN}
\`\`\`
`,
  "README.md": README,
  DEPS: `core/part-1/1.1.0/${RELEASE}\n`,
  TDEPS: `core/part-1/1.1.0/${RELEASE}\n`,
  EXPOSES: "8080\n",
  "default.toml": 'port = 8080\nworkers = 4\ncurrency = "EUR"\n',
  "bin/web-shop": `#!/bin/sh\n${"x".repeat(90_000)}\n`,
  "lib/shop/catalogue.so": "c".repeat(310_000),
  "lib/shop/basket.so": "b".repeat(120_000),
  "lib/shop/locale/de.json": "{}".repeat(9_000),
  "lib/shop/locale/fr.json": "{}".repeat(8_000),
  "share/doc/web-shop/CHANGES": "2.4.1\n".repeat(800),
  "hooks/run": "#!/bin/sh\nexec web-shop\n",
  "hooks/health-check": "#!/bin/sh\ncurl -f localhost:8080\n",
  "SBOM.spdx.json": JSON.stringify({
    spdxVersion: "SPDX-2.3",
    packages: [
      { name: "web-shop", versionInfo: "2.4.1", licenseDeclared: "Apache-2.0" },
      { name: "left-pad", versionInfo: "1.3.0", licenseDeclared: "WTFPL" },
      { name: "express", versionInfo: "5.2.1", licenseDeclared: "MIT" },
    ],
  }),
  "PROVENANCE.json": JSON.stringify({
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: { buildType: "https://example.org/plan/v1", resolvedDependencies: [{}, {}, {}] },
      runDetails: {
        builder: { id: "https://build.acme.example" },
        metadata: { startedOn: "2026-03-01T11:58:00Z" },
      },
    },
  }),
};

export interface PagesWorld {
  readonly depot: TestDepot;
  readonly token: string;
  /** The release with a graph of 200 packages. */
  readonly top: string;
}

/** A depot with so many packages, a graph of 200, and the shop. */
export async function startPagesWorld(packages: number): Promise<PagesWorld> {
  const depot = await startTestDepot();
  try {
    const token = await depot.account("bobo");
    const graph = graphPackages(200);
    await fill(depot, "bobo", [...graph.packages, ...manyPackages(packages)]);
    await uploadHart(depot, token, WEB, WEB_FILES);
    return { depot, token, top: graph.top };
  } catch (error) {
    await depot.stop();
    throw error;
  }
}
