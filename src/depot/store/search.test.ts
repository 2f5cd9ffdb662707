// What a search costs is bounded by what it may give, however many packages match; and what is rare is found among it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { OPERATOR } from "../accounts.ts";
import { MAX_FOUND } from "../limits.ts";
import { wordsOf } from "../search-words.ts";
import { temporaryDirectory } from "../testing/directory.ts";
import { versionOrder } from "../version-order.ts";
import { insertAccount } from "./accounts.ts";
import { type DepotDatabase, openDatabase } from "./database.ts";
import { insertOrigin } from "./origins.ts";
import { searchNames, searchReleases } from "./search.ts";
import { type AnyRow, insertRows } from "./whole-tables.ts";

const directory = temporaryDirectory("hab-search-");
let database: DepotDatabase;

beforeAll(async () => {
  database = await openDatabase(join(directory, "depot.sqlite"));
  await database.write(async (writing) => {
    const { id: owner_id } = await insertAccount(writing, "bobo", "");
    await insertOrigin(writing, OPERATOR, owner_id, "acme", "public");
    const rows: AnyRow[] = [];
    const words: AnyRow[] = [];
    for (let index = 0; index <= MAX_FOUND; index++) {
      const name = index === MAX_FOUND ? "tool-zebra" : `tool-x${String(index).padStart(5, "0")}`;
      const ident = `acme/${name}/1.0/20260101000000`;
      rows.push({
        ...{ id: writing.newId(), owner_id, origin: "acme", name, version: "1.0", release: "20260101000000" },
        ...{ ident, target: "x86_64-linux", ...(versionOrder("1.0") as unknown as AnyRow) },
        ...{ checksum: "", size: 1, manifest: "", config: "", deps: "[]", tdeps: "[]" },
        ...{ build_deps: "[]", build_tdeps: "[]", exposes: "[]", package_type: "standard" },
        ...{ visibility: "public", signer: "", created_at: writing.at, updated_at: writing.at },
      });
      for (const word of new Set([...wordsOf("acme"), ...wordsOf(name)]))
        words.push({ word, origin: "acme", name });
    }
    await insertRows(writing.db, "packages", rows);
    await insertRows(writing.db, "search_words", words);
  });
});

afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true });
});

const window = { offset: 0, limit: 2 };

test("of more than can be wanted the first are given, and counted", async () => {
  const names = await searchNames(database.db, ["acme"], undefined, window);
  expect(names.total).toBe(MAX_FOUND);
  expect(names.items.map(({ name }) => name)).toEqual(["tool-x00000", "tool-x00001"]);
  const releases = await searchReleases(database.db, ["acme"], undefined, window);
  expect(releases.total).toBe(MAX_FOUND);
  const beyond = await searchNames(database.db, ["acme"], undefined, { offset: MAX_FOUND, limit: 2 });
  expect(beyond).toEqual({ total: MAX_FOUND, items: [] });
});

test("what may be seen is found behind more than can be wanted that may not", async () => {
  const show = (visibility: "public" | "private") =>
    database.write(({ db }) =>
      db.updateTable("packages").set({ visibility }).where("name", "!=", "tool-zebra").execute(),
    );
  await show("private");
  const zebra = { origin: "acme", name: "tool-zebra" };
  expect(await searchNames(database.db, ["acme"], undefined, window)).toEqual({ total: 1, items: [zebra] });
  const releases = await searchReleases(database.db, ["tool", "a"], undefined, window);
  expect(releases).toMatchObject({ total: 1, items: [zebra] });
  const beyond = await searchReleases(database.db, ["acme"], undefined, { offset: 50, limit: 2 });
  expect(beyond).toEqual({ total: 1, items: [] });
  await show("public");
});

test.each([[["acme", "zebra"]], [["zebra", "acme"]], [["tool", "acme", "zeb"]], [["zebra", "t"]]])(
  "what is rare is found among what is common: %p",
  async (terms) => {
    const names = await searchNames(database.db, terms, undefined, window);
    expect(names).toEqual({ total: 1, items: [{ origin: "acme", name: "tool-zebra" }] });
  },
);
