import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createAccount, createToken, startDepot } from "./index.ts";
import { makeHart, type TestHart } from "./testing/harts.ts";

/** Kills; each comes somewhat later in the life of the running uploads than the one before. */
const ROUNDS = 6;
const HARTS_A_ROUND = 12;
const PARALLEL_UPLOADS = 6;

let directory: string;
let token: string;
const acknowledged: TestHart[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "hab-depot-crash-"));
  await createAccount(directory, "bobo");
  token = (await createToken(directory, "bobo")).token.reveal();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface DepotProcess {
  readonly url: string;
  kill(): Promise<void>;
}

async function startProcess(): Promise<DepotProcess> {
  const child = Bun.spawn([process.execPath, resolve(import.meta.dir, "testing/run-depot.ts"), directory], {
    stdout: "pipe",
    stderr: "inherit",
    env: { ...process.env },
  });
  const reader = child.stdout.getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the depot did not start");
    line += new TextDecoder().decode(value);
  }
  return {
    url: line.trim(),
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

/** Uploads, and notes what the depot has acknowledged. A depot that dies is no failure here. */
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

function blobs(): string[] {
  return readdirSync(join(directory, "blobs"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

function blobsOfRows(): string[] {
  const database = new Database(join(directory, "depot.sqlite"), { readonly: true });
  const rows = database.query("select distinct checksum from packages order by checksum").all();
  database.close();
  return (rows as { checksum: string }[]).map((row) => row.checksum);
}

function digest(path: string): string {
  return new Bun.CryptoHasher("blake2b256").update(readFileSync(path)).digest("hex");
}

describe("a depot killed during uploads", () => {
  test("has after its next start every package it acknowledged, no row without its file and no file without a row", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const depot = await startProcess();
      await fetch(`${depot.url}/v1/depot/origins`, {
        method: "POST",
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
        body: '{"name":"acme"}',
      });
      const harts = await Promise.all(
        Array.from({ length: HARTS_A_ROUND }, (_, index) =>
          makeHart(`acme/app/${round}.${index}/20260101000000`, {
            MANIFEST: `round ${round}\n${"x".repeat(index * 1000)}`,
          }),
        ),
      );
      const queue = [...harts];
      const killed = round < ROUNDS - 1 ? round * 2 : Number.POSITIVE_INFINITY;
      let answers = 0;
      const { promise: enough, resolve: isEnough } = Promise.withResolvers<void>();
      const workers = Array.from({ length: PARALLEL_UPLOADS }, async () => {
        for (let hart = queue.shift(); hart !== undefined; hart = queue.shift()) {
          const done = upload(depot.url, hart);
          if (answers >= killed) isEnough();
          await done;
          answers++;
        }
      });
      await Promise.race([enough, Promise.all(workers)]);
      await depot.kill();
      await Promise.all(workers);

      const next = await startDepot({ dataDirectory: directory, listen: { host: "127.0.0.1", port: 0 } });
      expect(blobs()).toEqual(blobsOfRows());
      for (const name of blobs()) expect(digest(join(directory, "blobs", name.slice(0, 2), name))).toBe(name);
      expect(readdirSync(join(directory, "uploads"))).toEqual([]);
      for (const hart of acknowledged) {
        const path = `${next.url}/v1/depot/channels/acme/unstable/pkgs/${hart.ident.slice("acme/".length)}`;
        expect((await fetch(path)).status).toBe(200);
      }
      await next.stop();
    }
    expect(acknowledged.length).toBeGreaterThan(HARTS_A_ROUND - 1);
  }, 300_000);

  test("leaves no blob that was linked but never came to be named, and keeps one that is", async () => {
    const [named = ""] = blobsOfRows();
    const orphan = "ab".repeat(32);
    const uploads = join(directory, "uploads");
    const shelf = join(directory, "blobs", named.slice(0, 2));
    const orphanShelf = join(directory, "blobs", "ab");
    await Bun.write(join(orphanShelf, orphan), "an upload whose row was never committed");
    writeFileSync(join(uploads, `${orphan}.0123456789ab`), "");
    copyFileSync(join(shelf, named), join(uploads, `${named}.0123456789ab`));
    writeFileSync(join(uploads, "0123.part"), "an upload that broke off");
    const depot = await startDepot({ dataDirectory: directory, listen: { host: "127.0.0.1", port: 0 } });
    await depot.stop();
    expect(readdirSync(uploads)).toEqual([]);
    expect(blobs()).toEqual(blobsOfRows());
  });
});

describe("an address", () => {
  test("that is taken is named in the error, and the directory is free again", async () => {
    const first = await startDepot({ dataDirectory: directory, listen: { host: "127.0.0.1", port: 0 } });
    const port = Number(new URL(first.url).port);
    const other = join(directory, "other");
    await expect(
      startDepot({ dataDirectory: other, listen: { host: "127.0.0.1", port } }),
    ).rejects.toMatchObject({ code: "HAB-DEP-004", message: expect.stringContaining(`127.0.0.1:${port}`) });
    await first.stop();
    await (await startDepot({ dataDirectory: other, listen: { host: "127.0.0.1", port: 0 } })).stop();
  });
});

describe("a data directory", () => {
  test("is used by one depot at a time", async () => {
    const options = { dataDirectory: directory, listen: { host: "127.0.0.1", port: 0 } };
    const first = await startDepot(options);
    await expect(startDepot(options)).rejects.toThrow("another depot runs on");
    await first.stop();
    await (await startDepot(options)).stop();
  });

  test("of a newer hab is left alone", async () => {
    const copy = mkdtempSync(join(tmpdir(), "hab-depot-new-"));
    await createAccount(copy, "bobo");
    const database = new Database(join(copy, "depot.sqlite"));
    database.run("insert into depot_migrations values ('9999-from-the-future', '2030-01-01T00:00:00Z')");
    database.close();
    await expect(createAccount(copy, "hank")).rejects.toThrow("newer version of hab");
    rmSync(copy, { recursive: true });
  });

  test("that cannot be made is named in the error", async () => {
    await expect(createAccount("/proc/nowhere", "bobo")).rejects.toThrow("/proc/nowhere");
  });
});
