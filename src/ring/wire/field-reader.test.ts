// The reader and the writer against those of @bufbuild/protobuf, which were made by others.
import { describe, expect, test } from "bun:test";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { HabError } from "../../error/index.ts";
import { FieldReader, tagOf } from "./field-reader.ts";
import { FieldWriter, textSize, uint64Size, varintSize } from "./field-writer.ts";

const written = (write: (writer: FieldWriter) => void) => {
  const writer = new FieldWriter();
  write(writer);
  return writer.finish();
};
const reference = (write: (writer: BinaryWriter) => void) => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};
const u64 = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.nat(200).map(BigInt));

describe("written and read as by others", () => {
  test("numbers of 64 bits", () => {
    fc.assert(
      fc.property(u64, (value) => {
        const bytes = written((writer) => writer.uint64(value));
        expect(bytes).toEqual(reference((writer) => writer.uint64(value)));
        expect(new FieldReader(bytes).uint64()).toBe(value);
        expect(uint64Size(value)).toBe(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("numbers exact in JavaScript", () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), (value) => {
        const bytes = written((writer) => writer.varint(value));
        expect(bytes).toEqual(reference((writer) => writer.uint64(value)));
        expect(new FieldReader(bytes).safeInteger()).toBe(value);
        expect(varintSize(value)).toBe(bytes.length);
      }),
      { numRuns: 1000 },
    );
  });

  test("numbers of 32 bits with a sign", () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = written((writer) => writer.int32(value));
        expect(bytes).toEqual(reference((writer) => writer.int32(value)));
        expect(new FieldReader(bytes).int32()).toBe(value);
      }),
    );
  });

  test("texts", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ minLength: 120, maxLength: 140 }));
    fc.assert(
      fc.property(text, (value) => {
        const bytes = written((writer) => writer.text(value));
        expect(bytes).toEqual(reference((writer) => writer.string(value)));
        expect(new FieldReader(bytes).text()).toBe(value);
        expect(textSize(value)).toBe(bytes.length);
      }),
    );
  });

  test("numbers longer than they need to be are read, as others do", () => {
    const bytes = new Uint8Array([0x85, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]);
    expect(new FieldReader(bytes).uint64()).toBe(BigInt(new BinaryReader(bytes).uint64()));
  });

  test("nested messages of any length", () => {
    fc.assert(
      fc.property(fc.nat(40_000), (length) => {
        const inner = new Uint8Array(length).fill(7);
        const bytes = written((writer) => {
          const start = writer.open();
          for (const byte of inner) writer.varint(byte);
          writer.close(start);
        });
        expect(bytes).toEqual(reference((writer) => writer.bytes(inner)));
      }),
      { numRuns: 30 },
    );
  });
});

describe("skipping", () => {
  test("reads as far as the field goes, whatever it is", () => {
    const fields = ["6005", `61${"00".repeat(8)}`, "6203aabbcc", `65${"00".repeat(4)}`, "63600564"];
    for (const field of fields) {
      const reader = new FieldReader(Buffer.from(`${field}6801`, "hex"));
      reader.skip(reader.tag());
      expect(reader.tag()).toBe(tagOf(13, 0));
    }
  });

  const refused: [why: string, hex: string][] = [
    ["a group ended by another", "636c"],
    ["a group that goes on", "636005"],
    ["the end of a group that has not begun", "64"],
    ["groups nested too deeply", "63".repeat(102) + "64".repeat(102)],
    ["a fixed number cut short", "6100"],
    ["a wire type that does not exist", "66"],
    ["a field number beyond 29 bits", "808080808001"],
    ["a number of more than 64 bits", "60ffffffffffffffffff02"],
    ["a length of more than 32 bits", "62ffffffffff01"],
  ];
  for (const [why, hex] of refused)
    test(`refuses ${why}`, () => {
      const reader = new FieldReader(Buffer.from(hex, "hex"));
      expect(() => reader.skip(reader.tag())).toThrow(HabError);
    });
});

test("a number that does not fit is not written", () => {
  expect(() => written((writer) => writer.uint64(2n ** 64n))).toThrow(RangeError);
  expect(() => written((writer) => writer.uint64(-1n))).toThrow(RangeError);
  expect(() => written((writer) => writer.varint(-1))).toThrow(RangeError);
  expect(() => written((writer) => writer.varint(200.5))).toThrow(RangeError);
});
