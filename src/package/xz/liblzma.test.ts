import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { HabError } from "../../error/index.ts";
import { Thread } from "../thread/thread.ts";
import { closingFrame, findBlocks, onlyBlock } from "./container.ts";
import { decodeXz } from "./decode.ts";
import { encodeXz } from "./encode.ts";
import { liblzmaModule, XzDecoder, XzEncoder } from "./liblzma.ts";

function compress(data: Uint8Array, level = 1): Uint8Array {
  const encoder = new XzEncoder(level, 4096);
  const parts: Uint8Array[] = [];
  for (const part of encoder.encode(data)) parts.push(part.slice());
  for (const part of encoder.finish()) parts.push(part.slice());
  return Buffer.concat(parts);
}

function decompress(data: Uint8Array, pieceSize = data.length): Uint8Array {
  const decoder = new XzDecoder(4096);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += pieceSize)
    for (const part of decoder.decode(data.subarray(at, at + pieceSize))) parts.push(part.slice());
  for (const part of decoder.finish()) parts.push(part.slice());
  return Buffer.concat(parts);
}

/** Decodes a file of these bytes, as an install does. */
async function decodeFile(data: Uint8Array): Promise<Uint8Array> {
  const directory = mkdtempSync(join(tmpdir(), "hab-xz-"));
  writeFileSync(join(directory, "x"), data);
  const fd = openSync(join(directory, "x"), "r");
  try {
    const parts: Uint8Array[] = [];
    for await (const part of decodeXz({ fd, offset: 0, length: data.length })) parts.push(part.slice());
    return Buffer.concat(parts);
  } finally {
    closeSync(fd);
    rmSync(directory, { recursive: true });
  }
}

test("the module is the one that was looked at", () => {
  const digest = createHash("sha256")
    .update(readFileSync(join(import.meta.dir, "liblzma.wasm")))
    .digest("hex");
  expect(
    readFileSync(join(import.meta.dir, "../../../docs/decisions/0050-liblzma-built-here.md"), "utf8"),
  ).toContain(digest);
});

describe("streams", () => {
  test("come back whole, whatever pieces they come in", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 20_000 }),
        fc.integer({ min: 1, max: 9_000 }),
        (data, pieceSize) => Buffer.from(decompress(compress(data), pieceSize)).equals(data),
      ),
      { numRuns: 30 },
    );
  });
  test("are an error when cut or damaged", () => {
    const stream = compress(Buffer.alloc(50_000, "some text "));
    expect(() => decompress(stream.subarray(0, stream.length - 30))).toThrow(HabError);
    expect(() => decompress(Buffer.from("not xz at all"))).toThrow(HabError);
    expect(() => decompress(new Uint8Array())).toThrow(HabError);
  });
  test("that ask for a huge dictionary are refused before it is made", () => {
    const stream = Buffer.from(compress(Buffer.from("x")));
    // Block header: size, flags, filter LZMA2, one byte of properties: 40 means 4 GiB.
    stream[12 + 4] = 40;
    stream.writeUInt32LE(Bun.hash.crc32(stream.subarray(12, 20)), 20);
    expect(() => decompress(stream)).toThrow(/memory/);
  });
  test("what follows the end is not looked at", async () => {
    const stream = compress(Buffer.from("first"));
    expect(Buffer.from(await decodeFile(Buffer.concat([stream, Buffer.from("garbage")]))).toString()).toBe(
      "first",
    );
  });
});

/** What `xz` of the machine makes of the data. */
function xz(data: Uint8Array, ...options: string[]): Uint8Array {
  return Bun.spawnSync(["xz", "-c", "-T1", ...options], { stdin: data }).stdout;
}

describe("what xz writes", async () => {
  const program = new Uint8Array(await Bun.file(process.execPath).slice(4_096_000, 4_216_000).arrayBuffer());

  test.each([0, 3, 6])("is what is written here at level %d, byte for byte", (level) => {
    expect(Buffer.from(compress(program, level)).equals(xz(program, `-${level}`))).toBe(true);
  });
  test.each(["x86", "arm", "armthumb", "arm64", "powerpc", "ia64", "sparc", "delta=dist=4"])(
    "is read with the filter %s",
    (filter) => {
      const stream = xz(program, `--${filter}`, "--lzma2=preset=0");
      expect(Buffer.from(decompress(stream)).equals(program)).toBe(true);
    },
  );
  test.each(["none", "crc32", "crc64", "sha256"])("is read with the check %s", (check) => {
    expect(Buffer.from(decompress(xz(program, "-0", `--check=${check}`))).equals(program)).toBe(true);
  });
});

test("a decoder that is used again with other dictionaries does not take more and more memory", () => {
  const streams = [1, 64, 3, 16, 24, 1, 48, 2].map((mebibytes) =>
    xz(Buffer.from("some text"), `--lzma2=preset=0,dict=${mebibytes}MiB`),
  );
  const decoder = new XzDecoder(4096);
  const round = (): number => {
    for (const stream of streams) {
      decoder.restart();
      const text = [...decoder.decode(stream), ...decoder.finish()].map((part) =>
        Buffer.from(part).toString(),
      );
      expect(text.join("")).toBe("some text");
    }
    return decoder.memoryBytes;
  };
  const first = round();
  expect(first).toBeLessThan(140 * 1024 * 1024);
  for (let i = 0; i < 20; i++) expect(round()).toBe(first);
});

describe("blocks", () => {
  const [a, b] = [
    compress(Buffer.alloc(200_000, "first block ")),
    compress(Buffer.alloc(100_000, "second ")),
  ];
  const parts = [a, b].map((stream) => onlyBlock(stream) as NonNullable<ReturnType<typeof onlyBlock>>);
  const header = a.subarray(0, 12);
  const joined = Buffer.concat([
    header,
    ...parts.map((part) => part.block),
    closingFrame(
      header,
      parts.map((part) => part.record),
    ),
  ]);
  const read = (bytes: Uint8Array) =>
    findBlocks(bytes.length, (offset, length) => bytes.subarray(offset, offset + length));

  test("joined, they are one stream", () => {
    expect(decompress(joined).length).toBe(300_000);
    expect(read(joined)?.map((block) => block.uncompressedSize)).toEqual([200_000, 100_000]);
  });
  test("an index that does not fit is not believed", () => {
    expect(read(joined.subarray(0, joined.length - 4))).toBeUndefined();
    for (const at of [joined.length - 14, joined.length - 8, joined.length - 1, 2]) {
      const bad = Buffer.from(joined);
      bad[at] = (bad[at] as number) ^ 1;
      expect(read(bad)).toBeUndefined();
    }
  });
  test("no bytes make it fail otherwise than by an answer", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        read(
          Buffer.concat([joined.subarray(0, joined.length - 24), tail, joined.subarray(joined.length - 12)]),
        );
      }),
    );
  });
});

test("a thread starts and compresses", async () => {
  // Without one everything still works, only slower: so its absence must be noticed here.
  const thread = (await Thread.start())!;
  const parts: Uint8Array[] = [];
  for await (const part of thread.run({
    kind: "encode",
    level: 1,
    data: new Uint8Array(50_000).fill(7),
    liblzma: liblzmaModule(),
  }))
    parts.push(part);
  thread.stop();
  expect(Buffer.from(decompress(Buffer.concat(parts)))).toEqual(Buffer.alloc(50_000, 7));
});

test("encoding is the same each time and reads back", async () => {
  const data = Buffer.alloc(26 * 1024 * 1024, "0123456789abcdef");
  const encode = async () => {
    const parts: Uint8Array[] = [];
    for await (const part of encodeXz([data.subarray(0, 1000), data.subarray(1000)], 0))
      parts.push(part.slice());
    return Buffer.concat(parts);
  };
  const stream = await encode();
  expect(stream.equals(await encode())).toBe(true);
  expect(Buffer.from(await decodeFile(stream)).equals(data)).toBe(true);
});

test.each([0, 1, 3, 4, 6, 9])("small data reads back at level %d, whatever it is", async (level) => {
  const random = crypto.getRandomValues(new Uint8Array(40_000));
  const text = Buffer.alloc(70_000, "0123456789abcdef, and so on ");
  for (const data of [Buffer.from("x"), text, random, Buffer.concat([text, random])]) {
    const parts: Uint8Array[] = [];
    for await (const part of encodeXz([data], level)) parts.push(part.slice());
    const stream = Buffer.concat(parts);
    expect(stream.length).toBeLessThan(data.length * 1.01 + 200);
    expect(Buffer.from(decompress(stream)).equals(Buffer.from(data))).toBe(true);
  }
});
