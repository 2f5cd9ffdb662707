// The questions every client asks are answered from indexes, however many packages there are: read from SQLite's own
// plans, without any clock. (PostgreSQL decides by the size of its tables, so its plans say nothing here.)
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { CompiledQuery, type KyselyPlugin } from "kysely";
import { temporaryDirectory } from "../testing/directory.ts";
import { latestOfEachName } from "./channels.ts";
import { type DepotDatabase, openDatabase, type Queries } from "./database.ts";
import { latestPackage, listIdents, listNames, packageOf } from "./packages.ts";
import { searchNames, searchReleases } from "./search.ts";

const directory = temporaryDirectory("hab-plans-");
let database: DepotDatabase;

beforeAll(async () => {
  database = await openDatabase(join(directory, "depot.sqlite"));
});

afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true });
});

/** The plans of all that `ask` asks, one step a line. */
async function plansOf(ask: (db: Queries) => Promise<unknown>): Promise<string[]> {
  const asked: CompiledQuery[] = [];
  const compiler = database.db.getExecutor();
  const noting: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      asked.push(compiler.compileQuery(node, queryId));
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await ask(database.db.withPlugin(noting));
  const steps: string[] = [];
  for (const { sql, parameters } of asked) {
    const plan = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]);
    const { rows } = await database.db.executeQuery<{ detail: string }>(plan);
    steps.push(...rows.map(({ detail }) => detail));
  }
  return steps;
}

const visible = ["public"] as const;
const ident = { origin: "acme", name: "app" };
const page = { offset: 50, limit: 50 };
const target = "x86_64-linux";

const QUESTIONS: readonly [string, (db: Queries) => Promise<unknown>, ...string[]][] = [
  ["the latest of a package", (db) => latestPackage(db, { ident, visible, target }), "packages_latest"],
  [
    "the latest of a package in a channel",
    (db) => latestPackage(db, { ident, visible, target, channelId: "1" }),
    "packages_latest",
  ],
  ["one release", (db) => packageOf(db, "acme/app/1/2", target)],
  [
    "the releases of an origin",
    (db) => listIdents(db, { ident: { origin: "acme" }, visible }, "desc", page),
    "COVERING INDEX packages_listed",
  ],
  ["the releases of a package", (db) => listIdents(db, { ident, visible }, "desc", page)],
  [
    "what is in a channel",
    (db) => listIdents(db, { ident: { origin: "acme" }, visible, channelId: "1" }, "asc", page),
  ],
  ["the newest of each in a channel", (db) => latestOfEachName(db, "1", target, visible)],
  ["the packages of an origin", (db) => listNames(db, { ident: { origin: "acme" }, visible }, page)],
  ["a search for names", (db) => searchNames(db, ["app"], undefined, page), "COVERING INDEX packages_found"],
  [
    "a search for releases",
    (db) => searchReleases(db, ["app"], undefined, page),
    "COVERING INDEX packages_found",
  ],
  [
    "a search for more than one word",
    (db) => searchNames(db, ["acme", "app", "a"], undefined, page),
    "COVERING INDEX search_words_named",
  ],
];

test.each([...QUESTIONS])("%s", async (_, ask, ...indexes) => {
  const steps = await plansOf(ask);
  expect(steps.length).toBeGreaterThan(0);
  // A scan of what a step before it has found is none of a table.
  expect(steps.filter((step) => /^SCAN (packages|words|others|channel_packages|origin)/.test(step))).toEqual(
    [],
  );
  for (const index of indexes) expect(steps.join("\n")).toContain(index);
});

test("a scan would be noticed", async () => {
  const steps = await plansOf((db) =>
    db.selectFrom("packages").select("id").where("manifest", "=", "").execute(),
  );
  expect(steps).toEqual([expect.stringMatching(/^SCAN packages/)]);
});
