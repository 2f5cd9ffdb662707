// Run by scale.test.ts with a real S3 service: what the blob store promises there, beyond what the API's tests see.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../store/database.ts";
import type { BlobStore } from "./blob-store.ts";
import { type BlobLedger, blobLedger } from "./ledger.ts";
import { parseS3Url } from "./s3-address.ts";
import { ANNOUNCEMENT_LIFETIME_MS, openS3Blobs } from "./s3-blobs.ts";
import { elements, s3Client } from "./s3-client.ts";

const { HAB_TEST_BLOBS = "" } = process.env;
const directory = mkdtempSync(join(tmpdir(), "hab-s3-"));
const address = parseS3Url(HAB_TEST_BLOBS.replace("/packages?", `/blobs-test-${process.pid}?`), process.env);
const client = s3Client(address);
const MB = 1024 * 1024;

let now = Date.parse("2026-01-01T00:00:00Z");
let database: Awaited<ReturnType<typeof openDatabase>>;
let ledger: BlobLedger;
let store: BlobStore;

beforeAll(async () => {
  database = await openDatabase(join(directory, "depot.sqlite"), { now: () => now });
  ledger = blobLedger(database, () => now);
  store = await openS3Blobs(address, directory, ledger);
});

afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true });
});

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MB) yield bytes.subarray(at, at + MB);
}

function receive(bytes: Uint8Array) {
  return store.receive(chunksOf(bytes), { maxBytes: 100 * MB, signal: new AbortController().signal });
}

/** Keeps bytes as a blob without a row. */
async function keep(bytes: Uint8Array): Promise<string> {
  const incoming = await receive(bytes);
  await incoming.keep(async () => undefined);
  return incoming.digest;
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

async function bytesOf(digest: string): Promise<Buffer | undefined> {
  const stream = await store.read(digest);
  if (stream === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function unfinished(): Promise<number> {
  const answer = await client.send({ method: "GET", key: "", query: { uploads: "" }, accept: [200] });
  return elements(await answer.text(), "Upload").length;
}

const small = randomBytes(1000);
const large = randomBytes(20 * MB);

describe("a blob in an object store", () => {
  test("comes back as it was, sent at once or in parts, and leaves nothing on the disk", async () => {
    for (const bytes of [small, large, new Uint8Array(16 * MB), new Uint8Array(0)]) {
      const digest = await keep(bytes);
      expect((await bytesOf(digest))?.equals(bytes)).toBe(true);
    }
    expect(readdirSync(join(directory, "uploads"))).toEqual([]);
    expect(await unfinished()).toBe(0);
  });

  test("is stored once for the same bytes, and listed with its size", async () => {
    await keep(small);
    const digest = await keep(small);
    const listed = [];
    for await (const blob of store.list()) if (blob.digest === digest) listed.push(blob.size);
    expect(listed).toEqual([1000]);
  });

  test("is answered whole or in parts, with its length", async () => {
    const digest = await keep(large);
    const ask = (range?: string) =>
      store.answer(
        digest,
        new Request("http://x/", range === undefined ? {} : { headers: { Range: range } }),
        {
          ETag: '"tag"',
        },
      );
    const whole = await ask();
    expect([whole?.status, whole?.headers.get("content-length"), whole?.headers.get("etag")]).toEqual([
      200,
      String(large.length),
      '"tag"',
    ]);
    await whole?.body?.cancel();
    const part = await ask("bytes=17000000-17000099");
    expect(part?.status).toBe(206);
    expect(part?.headers.get("content-range")).toBe(`bytes 17000000-17000099/${large.length}`);
    expect(
      Buffer.from((await part?.arrayBuffer()) ?? new ArrayBuffer(0)).equals(
        large.subarray(17_000_000, 17_000_100),
      ),
    ).toBe(true);
    // Several ranges, and a range of other content than the client has the beginning of: all of it.
    const asked: Record<string, string>[] = [
      { Range: "bytes=0-1,5-6" },
      { Range: "bytes=5-6", "If-Range": '"other"' },
    ];
    for (const headers of asked) {
      const all = await store.answer(digest, new Request("http://x/", { headers }), { ETag: '"tag"' });
      expect([all?.status, all?.headers.get("content-length")]).toEqual([200, String(large.length)]);
      await all?.body?.cancel();
    }
    const beyond = await ask(`bytes=${large.length}-`);
    expect([beyond?.status, beyond?.headers.get("content-range")]).toEqual([416, `bytes */${large.length}`]);
    expect(await store.answer("00".repeat(32), new Request("http://x/"), {})).toBeUndefined();
  });

  test("is gone again when its row is not committed, unless another is about to name it", async () => {
    const bytes = randomBytes(2000);
    const failing = async (): Promise<string> => {
      const incoming = await receive(bytes);
      await expect(incoming.keep(async () => Promise.reject(new Error("no row")))).rejects.toThrow("no row");
      return incoming.digest;
    };
    expect(await bytesOf(await failing())).toBeUndefined();
    const digest = new Bun.CryptoHasher("blake2b256").update(bytes).digest("hex");
    const intent = await ledger.announce(digest);
    await failing();
    expect(await bytesOf(digest)).toBeDefined();
    await store.removeUnreferenced(digest, intent);
    expect(await bytesOf(digest)).toBeUndefined();
  });

  test("that was left by a crash is swept when its announcement is old, with the parts of an unfinished upload", async () => {
    const digest = await keep(randomBytes(3000));
    const key = `${address.prefix}blobs/${digest.slice(0, 2)}/${digest}`;
    await client.send({ method: "POST", key, query: { uploads: "" }, accept: [200] });
    const intent = await ledger.announce(digest);
    await store.sweep();
    expect(await bytesOf(digest)).toBeDefined();
    expect(await unfinished()).toBe(1);
    now += ANNOUNCEMENT_LIFETIME_MS + 1;
    await store.sweep();
    expect(await bytesOf(digest)).toBeUndefined();
    expect(await unfinished()).toBe(0);
    // Whoever comes back after that has to begin again.
    await expect(ledger.settle(intent, async () => undefined)).rejects.toMatchObject({ code: "HAB-DEP-045" });
  });

  test("stays while a backup holds all of them, and goes with the sweep after it", async () => {
    const digest = await keep(randomBytes(4000));
    const release = await ledger.hold();
    const intent = await ledger.announce(digest);
    await store.removeUnreferenced(digest, intent);
    expect(await bytesOf(digest)).toBeDefined();
    await release();
    now += ANNOUNCEMENT_LIFETIME_MS + 1;
    await store.sweep();
    expect(await bytesOf(digest)).toBeUndefined();
  });
});

describe("an object store that refuses", () => {
  test("is told of in plain words, without the keys", async () => {
    const wrong = parseS3Url(HAB_TEST_BLOBS, { ...process.env, AWS_SECRET_ACCESS_KEY: "wrong-secret" });
    const opening = openS3Blobs(wrong, directory, ledger);
    await expect(opening).rejects.toMatchObject({ code: "HAB-DEP-043" });
    await expect(opening).rejects.toThrow("403");
    await expect(opening).rejects.not.toThrow("wrong-secret");
    const nowhere = parseS3Url(HAB_TEST_BLOBS.replace(/s3:\/\/[^/]+/, "s3://no-such-bucket"), process.env);
    await expect(openS3Blobs(nowhere, directory, ledger)).rejects.toThrow("404");
  });
});
