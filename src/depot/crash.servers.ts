// Run by scale.test.ts with a real PostgreSQL and a real S3 service: two depots behind one address book, killed again
// and again during uploads.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { SQL } from "bun";
import { ANNOUNCEMENT_LIFETIME_MS } from "./blobs/s3-blobs.ts";
import { createAccount, createToken } from "./index.ts";
import { openPlace } from "./place.ts";
import { makeHart, type TestHart } from "./testing/harts.ts";

const { HAB_TEST_DATABASE = "", HAB_TEST_BLOBS = "" } = process.env;
/** For a longer run: HAB_TEST_CRASH_ROUNDS=20. */
const ROUNDS = Number(process.env["HAB_TEST_CRASH_ROUNDS"] ?? 3);
const HARTS_A_ROUND = 24;
const PARALLEL_UPLOADS = 8;

const root = mkdtempSync(join(tmpdir(), "hab-depot-crash-"));
const schema = `crash${process.pid}`;
const database = `${HAB_TEST_DATABASE}?schema=${schema}`;
const blobs = HAB_TEST_BLOBS.replace("/packages?", `/${schema}?`);
const keysDirectory = join(root, "keys");
const place = { dataDirectory: join(root, "own"), database, blobs, keysDirectory };
const acknowledged: TestHart[] = [];
const running: Bun.Subprocess[] = [];
let token: string;

beforeAll(async () => {
  const sql = new SQL(HAB_TEST_DATABASE, { max: 1 });
  await sql.unsafe(`create schema ${schema}`);
  await sql.close();
  await createAccount(place, "bobo");
  token = (await createToken(place, "bobo")).token.reveal();
});

afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(running.map((child) => child.exited));
  rmSync(root, { recursive: true, force: true });
});

async function startProcess(name: string): Promise<{ url: string; kill(): Promise<void> }> {
  const child = Bun.spawn(
    [
      process.execPath,
      resolve(import.meta.dir, "testing/run-depot.ts"),
      ...[join(root, name), database, blobs, keysDirectory],
    ],
    { stdout: "pipe", stderr: "ignore", env: { ...process.env } },
  );
  running.push(child);
  let line = "";
  for await (const chunk of child.stdout) {
    line += new TextDecoder().decode(chunk);
    if (line.includes("\n")) break;
  }
  if (!line.includes("\n")) throw new Error("the depot did not start");
  return {
    url: line.trim(),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function upload(url: string, hart: TestHart): Promise<void> {
  try {
    const response = await fetch(`${url}/v1/depot/pkgs/${hart.ident}?checksum=${hart.checksum}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: hart.bytes,
    });
    if (response.status === 201) acknowledged.push(hart);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

test("two depots killed during uploads lose nothing they acknowledged, and leave no row without its blob", async () => {
  let depots = [await startProcess("a"), await startProcess("b")];
  await fetch(`${depots[0]?.url}/v1/depot/origins`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: '{"name":"acme"}',
  });
  for (let round = 0; round < ROUNDS; round++) {
    const harts = await Promise.all(
      Array.from({ length: HARTS_A_ROUND }, (_, index) =>
        makeHart(`acme/app/${round}.${index}/20260101000000`, {
          MANIFEST: `round ${round}\n${"x".repeat(index * 100)}`,
        }),
      ),
    );
    const queue = [...harts];
    let begun = 0;
    let isKilled = false;
    const victim = round % 2;
    await Promise.all(
      Array.from({ length: PARALLEL_UPLOADS }, async (_, worker) => {
        for (let hart = queue.shift(); hart !== undefined; hart = queue.shift()) {
          begun++;
          // One of the two dies at another moment of each round, in the middle of what it does.
          if (begun === PARALLEL_UPLOADS + (round % 4) * 4) {
            isKilled = true;
            void depots[victim]?.kill();
          }
          await upload(depots[isKilled ? 1 - victim : worker % 2]?.url ?? "", hart);
        }
      }),
    );
    const survivor = depots[1 - victim] as (typeof depots)[number];
    const restarted = await startProcess(victim === 0 ? "a" : "b");
    depots = victim === 0 ? [restarted, survivor] : [survivor, restarted];
  }
  expect(acknowledged.length).toBeGreaterThan((ROUNDS * HARTS_A_ROUND) / 2);

  const later = Date.now() + ANNOUNCEMENT_LIFETIME_MS + 60_000;
  const open = await openPlace(place, { now: () => later });
  try {
    await open.blobs.sweep();
    const stored: string[] = [];
    for await (const { digest } of open.blobs.list()) stored.push(digest);
    const rows = await open.database.db.selectFrom("packages").select("checksum").distinct().execute();
    expect(stored.sort()).toEqual(rows.map((row) => row.checksum).sort());
    const known = new Set(stored);
    for (const hart of acknowledged)
      expect([hart.ident, known.has(hart.checksum)]).toEqual([hart.ident, true]);
    expect(await open.database.db.selectFrom("blob_intents").selectAll().execute()).toEqual([]);
  } finally {
    await open.database.close();
  }
  // What one depot was told, the other knows.
  for (const hart of acknowledged.slice(-5))
    for (const { url } of depots)
      expect((await fetch(`${url}/v1/depot/pkgs/${hart.ident}/download`)).status).toBe(200);
}, 600_000);

test("a process without the sealing key of the others does not start", async () => {
  const alone = { ...place, dataDirectory: join(root, "alone"), keysDirectory: join(root, "no-keys") };
  const { startDepot } = await import("./index.ts");
  await expect(startDepot({ ...alone, listen: { host: "127.0.0.1", port: 0 } })).rejects.toMatchObject({
    code: "HAB-DEP-044",
  });
});
