// Run by scale.test.ts with a real PostgreSQL and a real S3 service: two depots on them, killed again and again during
// uploads (testing/kills.ts), and what they need of each other to start.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { killDepots } from "./testing/kills.ts";

const { HAB_TEST_DATABASE = "", HAB_TEST_BLOBS = "" } = process.env;
/** `script/test-depot-servers` has more. */
const UPLOADS = Number(process.env["HAB_TEST_CRASH_UPLOADS"] ?? 32);
const SEED = Math.floor(Math.random() * 2 ** 32);

const root = mkdtempSync(join(tmpdir(), "hab-depot-crash-"));
const schema = `crash${process.pid}`;
const place = {
  dataDirectory: join(root, "own"),
  database: `${HAB_TEST_DATABASE}?schema=${schema}`,
  blobs: HAB_TEST_BLOBS.replace("/packages?", `/${schema}?`),
  keysDirectory: join(root, "keys"),
};

beforeAll(async () => {
  const sql = new SQL(HAB_TEST_DATABASE, { max: 1 });
  await sql.unsafe(`create schema ${schema}`);
  await sql.close();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test("two depots killed during uploads lose nothing they acknowledged, and leave no row without its blob", async () => {
  const result = await killDepots({ place, processes: 2, uploads: UPLOADS, seed: SEED });
  expect({ seed: SEED, ...result }).toMatchObject({ seed: SEED, faults: [], begun: UPLOADS });
}, 600_000);

test("a process without the sealing key of the others does not start", async () => {
  const alone = { ...place, dataDirectory: join(root, "alone"), keysDirectory: join(root, "no-keys") };
  const { startDepot } = await import("./index.ts");
  await expect(startDepot({ ...alone, listen: { host: "127.0.0.1", port: 0 } })).rejects.toMatchObject({
    code: "HAB-DEP-044",
  });
});

test("processes that start at once on a new database and one directory of keys share the key that one of them makes", async () => {
  const { startDepot } = await import("./index.ts");
  const fresh = `${schema}together`;
  const sql = new SQL(HAB_TEST_DATABASE, { max: 1 });
  await sql.unsafe(`create schema ${fresh}`);
  await sql.close();
  const started = await Promise.all(
    [0, 1, 2, 3].map((index) =>
      startDepot({
        ...place,
        database: `${HAB_TEST_DATABASE}?schema=${fresh}`,
        dataDirectory: join(root, `together${index}`),
        keysDirectory: join(root, "keys-together"),
        listen: { host: "127.0.0.1", port: 0 },
      }),
    ),
  );
  expect(readdirSync(join(root, "keys-together"))).toHaveLength(1);
  await Promise.all(started.map((depot) => depot.stop()));
});
