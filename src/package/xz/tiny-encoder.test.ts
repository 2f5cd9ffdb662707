import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeXz } from "./encode.ts";
import { XzDecoder } from "./liblzma.ts";
import { encodeTiny, TINY_SIZE_BYTES } from "./tiny-encoder.ts";

/** What liblzma reads of a stream. */
function decompress(stream: Uint8Array): Buffer {
  const decoder = new XzDecoder(64 * 1024);
  const parts: Uint8Array[] = [];
  for (const part of decoder.decode(stream)) parts.push(part.slice());
  for (const part of decoder.finish()) parts.push(part.slice());
  return Buffer.concat(parts);
}

function run(command: string[], input: Uint8Array): Buffer {
  const { exitCode, stdout, stderr } = Bun.spawnSync(command, { stdin: input });
  if (exitCode !== 0) throw new Error(`${command.join(" ")}: ${stderr}`);
  return stdout;
}

/** Text of a few words, runs, and bytes of all kinds, as pieces of a package. */
const piece = fc.oneof(
  fc
    .array(fc.constantFrom("usr/", "lib", "acme/app", "\n", "version = ", '"', "0000644", " "), {
      maxLength: 60,
    })
    .map((words) => Buffer.from(words.join(""))),
  fc.integer({ min: 1, max: 2000 }).map((length) => Buffer.alloc(length)),
  fc.integer({ min: 1, max: 300 }).map((length) => Buffer.alloc(length, 0xff)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const data = fc
  .tuple(fc.array(piece, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 4 }))
  .map(([pieces, times]) => Buffer.concat(Array(times).fill(Buffer.concat(pieces))))
  .filter(({ length }) => length > 0 && length <= TINY_SIZE_BYTES);

describe("what is tiny", () => {
  test("reads back, or is left to liblzma because it becomes less than four times smaller", () => {
    let taken = 0;
    fc.assert(
      fc.property(data, (bytes) => {
        const stream = encodeTiny(bytes);
        if (stream === undefined) return;
        taken++;
        expect(stream.length).toBeLessThan(bytes.length / 4 + 100);
        expect(decompress(stream).equals(bytes)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test.each([1, 2, 3, 4, 5, 272, 273, 274, 4096, 4097, 65_535, 65_536, 65_537, TINY_SIZE_BYTES])(
    "of %d equal bytes is read by xz",
    (length) => {
      for (const byte of [0, 0x41, 0xff]) {
        const bytes = Buffer.alloc(length, byte);
        const stream = encodeTiny(bytes);
        if (length < 32 && stream === undefined) continue;
        expect(run(["xz", "-dc"], stream as Uint8Array).equals(bytes)).toBe(true);
      }
    },
  );

  test("with far distances, and all four repetitions, is read by xz", () => {
    const blocks = [1, 2, 3, 4, 5, 6].map((seed) =>
      Buffer.from(
        Array.from({ length: 900 }, (_, index) => (index * seed * 7919 + (index >> 3) * seed) & 0xff),
      ),
    );
    const order = [
      0, 1, 2, 3, 4, 5, 0, 2, 1, 3, 5, 4, 0, 1, 0, 2, 0, 3, 0, 4, 1, 5, 2, 0, 3, 1, 5, 4, 0, 0, 1, 1,
    ];
    const bytes = Buffer.concat([
      ...order.map((index) => blocks[index] as Buffer),
      Buffer.alloc(150_000),
      ...order.map((index) => (blocks[index] as Buffer).subarray(index, 700)),
    ]);
    expect(run(["xz", "-dc"], encodeTiny(bytes) as Uint8Array).equals(bytes)).toBe(true);
  });

  test("whatever is at the limit reads back or is left", () => {
    for (let random = 15_500; random < 16_500; random += 20) {
      const bytes = Buffer.concat([
        crypto.getRandomValues(new Uint8Array(random)),
        Buffer.alloc(TINY_SIZE_BYTES - random),
      ]);
      const stream = encodeTiny(bytes);
      if (stream === undefined) expect(random).toBeGreaterThan(15_800);
      else {
        expect(random).toBeLessThan(16_200);
        expect(decompress(stream).equals(bytes)).toBe(true);
      }
    }
  });

  test("becomes the same stream everywhere, close to what xz makes at level 3", () => {
    const lines = Array.from(
      { length: 500 },
      (_, index) => `${index} of ${(index * index) % 97}: lib/${index % 13}.so\n`,
    );
    const bytes = Buffer.concat([
      Buffer.from(lines.join("")),
      Buffer.alloc(10_000),
      Buffer.from(lines.reverse().join("")),
    ]);
    const stream = encodeTiny(bytes) as Uint8Array;
    expect(new Bun.CryptoHasher("sha256").update(stream).digest("hex")).toBe(
      "b897eed0c7f3c972390d412eb5d41ea3302102fcd6492a50ba7ec53ac06e7e52",
    );
    expect(stream.length).toBeLessThan(run(["xz", "-3", "-c"], bytes).length * 1.03);
  });

  test("is compressed by liblzma where more than the default is asked for", async () => {
    const bytes = Buffer.alloc(30_000, "some text, again and again; ");
    const streams: Buffer[] = [];
    for (const level of [6, 7]) {
      const parts: Uint8Array[] = [];
      for await (const part of encodeXz([bytes.subarray(0, 7), bytes.subarray(7)], level))
        parts.push(part.slice());
      streams.push(Buffer.concat(parts));
    }
    // liblzma writes no sizes into the header of the block, so it is blocks of ours that have them.
    expect(streams.map((stream) => (stream[13] as number) & 0xc0)).toEqual([0, 0xc0]);
    for (const stream of streams) expect(decompress(stream).equals(bytes)).toBe(true);
  });
});
