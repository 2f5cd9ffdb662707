import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError } from "../../error/index.ts";
import type { Rumor } from "../rumor.ts";
import { decodeMessage } from "./message.ts";
import { decodeRumor, encodeRumor } from "./rumor.ts";
import { MEMBER, RUMOR } from "./schema.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

describe("strict decoding", () => {
  const refused: [why: string, hex: string][] = [
    ["a known field of another wire type", "0a0161" + "1201" + "00"],
    ["a varint where text belongs", "0805"],
    ["text that is not UTF-8", "0a02c080"],
    ["a length beyond the message", "0a0561"],
    ["a tag alone", "0a"],
    ["a varint that ends too early", "1080"],
    ["a varint that does not end", "10ffffffffffffffffffff01"],
    ["field number 0", "0000"],
    ["an unknown field cut short", "fa0105aa"],
    ["a group that does not end", "7b"],
  ];
  for (const [why, hex] of refused)
    test(`refuses ${why}`, () => expect(() => decodeMessage(MEMBER, bytes(hex))).toThrow(HabError));

  test("a nested message cannot reach beyond its length", () => {
    // Membership of 2 bytes, in which a Member claims 4.
    expect(() => decodeMessage(RUMOR, bytes("2202" + "0a04" + "0a0161"))).toThrow(HabError);
  });

  test("unknown fields are skipped and not kept", () => {
    expect(decodeMessage(MEMBER, bytes("0a0161" + "f80107" + "fa0101aa"))).toEqual({ id: "a" });
  });

  test("the same field twice: of scalars the last counts, messages are merged, of a oneof the last stays", () => {
    expect(decodeMessage(MEMBER, bytes("1001" + "1005"))).toEqual({ incarnation: 5n });
    const merged = decodeMessage(RUMOR, bytes("2204" + "0a020a00" + "2204" + "0a021007" + "2202" + "1002"));
    expect(merged).toEqual({ member: { member: { id: "", incarnation: 7n }, health: 2 } });
    expect(decodeMessage(RUMOR, bytes("2200" + "4a030a0161"))).toEqual({ departure: { memberId: "a" } });
  });

  test("all 64 bits of a number survive", () => {
    expect(decodeMessage(MEMBER, bytes("10ffffffffffffffffff01"))).toEqual({ incarnation: 2n ** 64n - 1n });
  });

  test("a byte order mark in a text survives", () => {
    expect(decodeMessage(MEMBER, bytes("0a04efbbbf61"))).toEqual({ id: "\ufeffa" });
  });
});

describe("any bytes", () => {
  test("decode to a rumor or are refused with our error; never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
        try {
          decodeRumor(data);
        } catch (error) {
          expect(error).toBeInstanceOf(HabError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a damaged rumor never decodes to something that encodes differently twice", () => {
    const sound = encodeRumor({ kind: "departure", fromId: "butterflyclient", value: { memberId: "abc" } });
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (position, value) => {
        const damaged = Uint8Array.from(sound);
        damaged[position] = value;
        try {
          const once = encodeRumor(decodeRumor(damaged));
          expect(encodeRumor(decodeRumor(once))).toEqual(once);
        } catch (error) {
          expect(error).toBeInstanceOf(HabError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const anyRumor: fc.Arbitrary<Rumor> = fc.oneof(
  fc.record({
    kind: fc.constant("service-config" as const),
    fromId: fc.constant("x"),
    value: fc.record({
      serviceGroup: fc.constant("redis.default@acme"),
      incarnation: u64,
      encrypted: fc.boolean(),
      config: fc.uint8Array(),
      fromId: fc.constant("x"),
    }),
  }),
  fc.record({
    kind: fc.constantFrom("election" as const, "election-update" as const),
    fromId: fc.constant("c"),
    value: fc.record({
      serviceGroup: fc.string({ unit: "grapheme" }),
      candidate: fc.constant("c"),
      term: u64,
      suitability: u64,
      status: fc.constantFrom("running" as const, "no-quorum" as const, "finished" as const),
      votes: fc.array(fc.string({ unit: "grapheme" })),
    }),
  }),
  fc.record({
    kind: fc.constant("member" as const),
    fromId: fc.string({ unit: "grapheme" }),
    value: fc.record({
      member: fc.record({
        id: fc.string({ unit: "grapheme" }),
        incarnation: u64,
        address: fc.ipV4(),
        swimPort: fc.nat(65535),
        gossipPort: fc.nat(65535),
        persistent: fc.boolean(),
        departed: fc.boolean(),
        probePing: fc.boolean(),
      }),
      health: fc.constantFrom(
        "alive" as const,
        "suspect" as const,
        "confirmed" as const,
        "departed" as const,
      ),
    }),
  }),
);

test("what is encoded decodes to the same rumor", () => {
  fc.assert(fc.property(anyRumor, (rumor) => expect(decodeRumor(encodeRumor(rumor))).toEqual(rumor)));
});
