// Whole harts: headers, xz streams, and hostile archives under a valid signature, taken the way an install takes them.
import { Buffer } from "node:buffer";
import { createPrivateKey, sign } from "node:crypto";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Blake2b256, blake2b256Hex, generateOriginKeyPair, KeyCache } from "../../../src/crypto/index.ts";
import { readArchive } from "../../../src/package/archive.ts";
import { stageLocalHart } from "../../../src/package/artifact.ts";
import { readHeaderFrom } from "../../../src/package/hart.ts";
import { parseFullIdent } from "../../../src/package/ident.ts";
import { removeTree } from "../../../src/package/staging.ts";
import { closingFrame, findBlocks } from "../../../src/package/xz/container.ts";
import { decodeXz } from "../../../src/package/xz/decode.ts";
import { XzDecoder, XzEncoder } from "../../../src/package/xz/liblzma.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import { mutate } from "../mutate.ts";
import { Random } from "../random.ts";
import { hostileTar, member, RELEASE } from "../tar-maker.ts";

const TEMPORARY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
/** Signs harts of the origin "o". */
export const pair = generateOriginKeyPair("o", new Date(0));
const privateKey = createPrivateKey({
  key: Buffer.concat([
    Buffer.from("302e020100300506032b657004220420", "hex"),
    pair.secretKey.bytes.reveal().subarray(0, 32),
  ]),
  format: "der",
  type: "pkcs8",
});

/** An xz stream of one block. */
export function compress(data: Uint8Array): Buffer<ArrayBuffer> {
  const encoder = new XzEncoder(0, 64 * 1024);
  const pieces: Uint8Array[] = [];
  for (const piece of encoder.encode(data)) pieces.push(piece.slice());
  for (const piece of encoder.finish()) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

/** A stream that repeats the block of another `count` times, with an index to match. */
export function repeatBlock(stream: Uint8Array, count: number): Buffer {
  const [block] = findBlocks(stream.length, (at, length) => stream.subarray(at, at + length)) ?? [];
  if (block === undefined) throw new Error("not a stream of one block");
  const header = stream.subarray(0, 12);
  const body = stream.subarray(block.offset, block.offset + block.length);
  return Buffer.concat([header, ...Array(count).fill(body), closingFrame(header, Array(count).fill(block))]);
}

/** A hart with a signature that is valid, whatever the payload. */
export function signed(payload: Uint8Array): Buffer {
  const digest = Buffer.from(blake2b256Hex(payload));
  const signature = Buffer.concat([sign(null, digest, privateKey), digest]).toString("base64");
  return Buffer.concat([Buffer.from(`HART-1\no-19700101000000\nBLAKE2b\n${signature}\n\n`), payload]);
}

/** Uses a fresh directory with a file of these bytes. */
async function withInput(
  input: Uint8Array,
  use: (place: string, path: string) => Promise<void>,
): Promise<void> {
  const place = mkdtempSync(join(TEMPORARY, "hab-fuzz-"));
  try {
    writeFileSync(join(place, "input"), input);
    await use(place, join(place, "input"));
  } finally {
    removeTree(place);
  }
}

const HONEST = Buffer.concat([
  member({ path: `${RELEASE}/IDENT`, data: "o/n/1/2\n" }),
  member({ path: `${RELEASE}/TARGET`, data: "x86_64-linux\n" }),
  member({ path: `${RELEASE}/MANIFEST`, data: "# o / n\n" }),
]);
const honest = compress(Buffer.concat([HONEST, Buffer.alloc(1024)]));

export const hartHeaderTarget: FuzzTarget = {
  name: "hart-header",
  seeds: [signed(honest).subarray(0, 400)],
  generate: (random, seeds) =>
    mutate(random, random.pick(seeds), ["HART-1\n", "BLAKE2b", "\n\n", "\0", "../", "-20160509190508", " "]),
  run: (input) =>
    withInput(input, async (_, path) => {
      const fd = openSync(path, "r");
      try {
        const { payloadOffset } = readHeaderFrom(fd);
        if (payloadOffset > input.length) throw new Breach("the payload begins behind the end");
      } finally {
        closeSync(fd);
      }
    }),
};

export const xzTarget: FuzzTarget = {
  name: "xz",
  seeds: [
    honest,
    repeatBlock(honest, 3),
    Buffer.concat([honest, honest]),
    honest.subarray(0, 90),
    compress(Buffer.alloc(0)),
  ],
  generate: (random, seeds) => mutate(random, random.pick(seeds), ["\xfd7zXZ\0", "YZ", "\0\0\0\0"]),
  run: (input) =>
    withInput(input, async (_, path) => {
      findBlocks(input.length, (at, length) => input.subarray(at, at + length));
      const fd = openSync(path, "r");
      try {
        let length = 0;
        for await (const piece of decodeXz({ fd, offset: 0, length: input.length })) {
          length += piece.length;
          if (length > input.length * 10_000) throw new Breach("more comes out than xz can hold");
        }
      } finally {
        closeSync(fd);
      }
    }),
};

/** Of each block, bytes that hardly compress: then a thread is worth it. */
const LARGE_BLOCK_BYTES = 90 * 1024;
/** Where the headers of a stream are, and where its index is. */
const EDGE_BYTES = 64;
/** No need to compare more. */
const MOST_COMPARED_BYTES = 64 * 1024 * 1024;

/** A stream of several blocks, each decoded on a thread of its own. */
function streamOfBlocks(count: number): Buffer<ArrayBuffer> {
  const random = new Random(count);
  const streams = Array.from({ length: count }, () => compress(random.bytes(LARGE_BLOCK_BYTES)));
  const found = streams.flatMap((stream) => {
    const blocks = findBlocks(stream.length, (at, length) => stream.subarray(at, at + length)) ?? [];
    return blocks.map((block) => ({
      block,
      bytes: stream.subarray(block.offset, block.offset + block.length),
    }));
  });
  const header = compress(Buffer.alloc(0)).subarray(0, 12);
  const closing = closingFrame(
    header,
    found.map(({ block }) => block),
  );
  return Buffer.concat([header, ...found.map(({ bytes }) => bytes), closing]);
}

/** Digest of what one decoder on this thread makes of a stream; undefined when it is damaged or large. */
function decodedHere(input: Uint8Array): string | undefined {
  const hasher = new Blake2b256();
  const decoder = new XzDecoder(64 * 1024);
  let length = 0;
  try {
    for (const pieces of [decoder.decode(input), decoder.finish()])
      for (const piece of pieces) {
        length += piece.length;
        if (length > MOST_COMPARED_BYTES) return undefined;
        hasher.update(piece);
      }
  } catch {
    return undefined;
  }
  return hasher.digestHex();
}

/** Blocks on several threads give what one decoder gives, whenever that gives something. */
export const xzThreadsTarget: FuzzTarget = {
  name: "xz-threads",
  seeds: [streamOfBlocks(2), streamOfBlocks(5)],
  generate(random, seeds) {
    const input = random.pick(seeds);
    const at = random.pick([0, input.length - EDGE_BYTES, random.below(input.length)]);
    return Buffer.concat([
      input.subarray(0, at),
      mutate(random, input.subarray(at, at + EDGE_BYTES), ["YZ", "\0\0\0\0"]),
      input.subarray(at + EDGE_BYTES),
    ]);
  },
  run: (input) =>
    withInput(input, async (_, path) => {
      const expected = decodedHere(input);
      const hasher = new Blake2b256();
      const fd = openSync(path, "r");
      try {
        let length = 0;
        for await (const piece of decodeXz({ fd, offset: 0, length: input.length })) {
          length += piece.length;
          if (length > MOST_COMPARED_BYTES) return;
          hasher.update(piece);
        }
      } catch (error) {
        if (expected !== undefined) throw new Breach(`only the threads see damage: ${error}`);
        throw error;
      } finally {
        closeSync(fd);
      }
      if (expected !== undefined && hasher.digestHex() !== expected)
        throw new Breach("the threads decode something else");
    }),
};

export const installTarget: FuzzTarget = {
  name: "install",
  seeds: [signed(honest), signed(Buffer.from("no xz")), signed(compress(Buffer.alloc(2048)))],
  generate: (random, seeds) =>
    random.once(3)
      ? mutate(random, random.pick(seeds))
      : random.once(4)
        ? signed(mutate(random, honest))
        : signed(compress(Buffer.concat([HONEST, hostileTar(random)]))),
  run: (input) =>
    withInput(input, async (place, path) => {
      const root = join(place, "root");
      const keys = new KeyCache(join(place, "keys"));
      keys.write(pair.publicKey);
      mkdirSync(root);
      const artifactCache = join(place, "cache");
      const before = readdirSync(place).sort().join();
      let failure: unknown;
      try {
        const ident = parseFullIdent("o/n/1/2");
        const context = { root, artifactCache, keys, depot: undefined, report: () => undefined };
        (await stageLocalHart(path, ident, context)).discard();
      } catch (error) {
        failure = error;
      }
      await readArchive(path).catch((error: unknown) => {
        failure ??= error;
      });
      const after = readdirSync(place)
        .filter((name) => name !== "cache")
        .sort()
        .join();
      if (after !== before) throw new Breach(`something appeared outside: ${after}`);
      if (existsSync(join(root, "hab/pkgs/o"))) throw new Breach("a hart that was given up leaves something");
      if (failure !== undefined) throw failure;
    }),
};
