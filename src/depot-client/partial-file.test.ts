// A download that was stopped half-way goes on where it was, in another process too: as far as what is there can be trusted.
import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blake2b256Hex } from "../crypto/index.ts";
import { type DownloadCheck, parseFullIdent } from "../package/index.ts";
import { createDepotClient } from "./index.ts";

const IDENT = parseFullIdent("core/redis/7.0.15/20260101000000");
const FILE = "core-redis-7.0.15-20260101000000-x86_64-linux.hart";
const CONTENT = new Uint8Array(1_600_000).map((_, index) => (index * 7 + (index >> 10)) % 251);
const HALF = 1_200_000;

let directory: string;
let server: Bun.Server<unknown>;
let content: Uint8Array<ArrayBuffer>;
let ranges: (string | null)[];
/** Answers end, without being complete, after so many bytes until this is released. */
let hold: { readonly from: number; readonly release: Promise<void> } | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-partial-"));
  content = CONTENT;
  ranges = [];
  hold = undefined;
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch(request) {
      const range = request.headers.get("range");
      ranges.push(range);
      const etag = `"${blake2b256Hex(content)}"`;
      const fits = range !== null && request.headers.get("if-range") === etag;
      const from = fits ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
      const headers = {
        ETag: etag,
        "Content-Length": String(content.length - from),
        ...(fits && { "Content-Range": `bytes ${from}-${content.length - 1}/${content.length}` }),
      };
      const { hold: held } = { hold };
      const body =
        held === undefined
          ? content.slice(from)
          : new ReadableStream({
              async start(controller) {
                controller.enqueue(content.slice(from, held.from));
                await held.release;
                controller.enqueue(content.slice(held.from));
                controller.close();
              },
            });
      return new Response(body, { status: fits ? 206 : 200, headers });
    },
  });
});

afterEach(async () => {
  await server.stop(true);
  rmSync(directory, { recursive: true, force: true });
});

function download({ signal, onBytes }: { signal?: AbortSignal; onBytes?: (received: number) => void } = {}) {
  const pieces: Uint8Array[] = [];
  const check: DownloadCheck = {
    restart: () => void pieces.splice(0),
    push: (piece) => void pieces.push(piece.slice()),
    finish: async () => {
      if (blake2b256Hex(Buffer.concat(pieces)) !== blake2b256Hex(content)) throw new Error("damaged");
    },
  };
  const client = createDepotClient({ url: server.url.href, retries: { transfers: { delaysMs: [] } } });
  return client.downloadPackage(IDENT, "x86_64-linux", directory, { check, signal, onProgress: onBytes });
}

/** A download that is stopped when it has the half. */
async function stopHalfWay(): Promise<string> {
  const stop = new AbortController();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  hold = { from: HALF, release };
  const onBytes = (received: number): void => {
    if (received === HALF) stop.abort(new Error("enough"));
  };
  await expect(download({ signal: stop.signal, onBytes })).rejects.toThrow("enough");
  resolve();
  hold = undefined;
  const [left = "", ...others] = readdirSync(directory);
  expect(others).toEqual([]);
  expect(left).toStartWith(".part-");
  return join(directory, left);
}

async function expectWhole(): Promise<void> {
  expect(readFileSync(join(directory, FILE)).equals(content)).toBe(true);
  expect(readdirSync(directory)).toEqual([FILE]);
}

test("what was received is not fetched again", async () => {
  await stopHalfWay();
  await download();
  expect(ranges).toEqual([null, `bytes=${HALF}-`]);
  await expectWhole();
});

test("another content is fetched from its beginning", async () => {
  await stopHalfWay();
  content = CONTENT.slice(1);
  await download();
  expect(ranges).toEqual([null, `bytes=${HALF}-`]);
  await expectWhole();
});

test("bytes that a power loss has spoiled are noticed, and the whole is fetched once more", async () => {
  const left = await stopHalfWay();
  truncateSync(left, HALF - 10_000);
  truncateSync(left, HALF);
  await download();
  expect(ranges).toEqual([null, `bytes=${HALF}-`, null]);
  await expectWhole();
});

test("two at a time do not share a file", async () => {
  await stopHalfWay();
  const { promise: release, resolve } = Promise.withResolvers<void>();
  hold = { from: HALF + 100_000, release };
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const first = download({ onBytes: (received) => received === HALF + 100_000 && begin() });
  await begun;
  hold = undefined;
  await download();
  resolve();
  await first;
  expect(ranges).toEqual([null, `bytes=${HALF}-`, null]);
  await expectWhole();
});

test("what nobody goes on with is removed after a week", async () => {
  const old = join(directory, ".part-0123456789abcdef-tag");
  const young = join(directory, ".part-0123456789abcdee-tag");
  for (const path of [old, young]) writeFileSync(path, "x");
  const then = new Date(Date.now() - 8 * 24 * 3600_000);
  utimesSync(old, then, then);
  await download();
  expect(readdirSync(directory).sort()).toEqual([".part-0123456789abcdee-tag", FILE].sort());
});
