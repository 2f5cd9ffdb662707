import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError } from "../../src/error/index.ts";
import {
  BUCKET_LIMIT,
  MESSAGE_LIMIT_BYTES,
  VERSION_HASH_LIMIT,
  WANTED_KEY_LIMIT,
} from "../../src/ring/limits.ts";
import type { GossipMessage } from "../../src/ring/protocol.ts";
import { decodeGossip, encodeGossip } from "../../src/ring/wire/gossip.ts";
import { decodeRumor } from "../../src/ring/wire/rumor.ts";
import { gossipMessage } from "./arbitrary.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

test("what is encoded decodes to the same", () => {
  fc.assert(
    fc.property(gossipMessage, (message) => expect(decodeGossip(encodeGossip(message))).toEqual(message)),
    { numRuns: 300 },
  );
});

describe("for an original member", () => {
  test("a service that stopped, changes, drains or is not ready is told without saying so", () => {
    fc.assert(
      fc.property(gossipMessage, (message) => {
        if (message.kind !== "service") return;
        const { stopped: _, changing: __, draining: ___, notReady: ____, ...value } = message.value;
        expect(encodeGossip(message, { extensions: false })).toEqual(encodeGossip({ ...message, value }));
      }),
    );
  });

  test("a member is told without accuser, age and abilities", () => {
    fc.assert(
      fc.property(gossipMessage, (message) => {
        if (message.kind !== "member") return;
        const { abilities: _, ...member } = message.value.member;
        const value = { member, health: message.value.health };
        expect(encodeGossip(message, { extensions: false })).toEqual(encodeGossip({ ...message, value }));
      }),
    );
  });

  test("the steps of the synchronisation are no rumors", () => {
    const hello = encodeGossip({ kind: "want", fromId: "a", keys: [] });
    expect(() => decodeRumor(hello)).toThrow(HabError);
  });
});

describe("limits", () => {
  const of = (count: number) => Array.from({ length: count }, (_, index) => index);
  const full: [GossipMessage, limit: number, more: GossipMessage][] = [
    [
      { kind: "summary", fromId: "a", records: 1, buckets: of(BUCKET_LIMIT) },
      BUCKET_LIMIT,
      { kind: "summary", fromId: "a", records: 1, buckets: of(BUCKET_LIMIT + 1) },
    ],
    [
      { kind: "versions", fromId: "a", buckets: of(BUCKET_LIMIT), versions: of(VERSION_HASH_LIMIT) },
      VERSION_HASH_LIMIT,
      { kind: "versions", fromId: "a", buckets: [], versions: of(VERSION_HASH_LIMIT + 2) },
    ],
    [
      { kind: "want", fromId: "a", keys: of(WANTED_KEY_LIMIT) },
      WANTED_KEY_LIMIT,
      { kind: "want", fromId: "a", keys: of(WANTED_KEY_LIMIT + 1) },
    ],
  ];
  for (const [message, limit, more] of full)
    test(`${message.kind}: ${limit}`, () => {
      const encoded = encodeGossip(message);
      expect(encoded.length).toBeLessThan(MESSAGE_LIMIT_BYTES / 2);
      expect(decodeGossip(encoded)).toEqual(message);
      expect(() => decodeGossip(encodeGossip(more))).toThrow(HabError);
    });

  test("10,000 versions take 60 kB", () => {
    const { length } = encodeGossip({ kind: "versions", fromId: "a", buckets: [], versions: of(10_000) });
    expect(length).toBeLessThan(60_020);
  });
});

describe("refused", () => {
  const cases: [why: string, hex: string][] = [
    ["a key hash without its version", `08661a0161b23e09${"1206"}${"00".repeat(6)}`],
    ["half a hash", `08671a0161ba3e050a03${"00".repeat(3)}`],
    ["a summary without a count", "08651a0161aa3e00"],
    ["nobody's summary", "0865aa3e020801"],
    ["a hello without a member", "0864"],
    ["a kind with the body of another", "08651a0161ba3e00"],
  ];
  for (const [why, input] of cases)
    test(why, () => expect(() => decodeGossip(bytes(input))).toThrow(HabError));
});
