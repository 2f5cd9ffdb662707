// What strangers can send to the ring's port: datagrams, messages, envelopes, whole connections.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseKey } from "../../../src/crypto/index.ts";
import {
  decodeGossip,
  decodeSwim,
  encodeGossip,
  encodeSwim,
  ringEnvelope,
  swimSize,
  ZmtpReader,
  zmtpFrame,
} from "../../../src/ring/index.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import { mutate } from "../mutate.ts";

const vectors = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dir, `../../conformance/ring/${name}.json`), "utf8"));
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

const member = {
  id: "0123456789abcdef0123456789abcdef",
  incarnation: 2n ** 64n - 1n,
  address: "10.0.0.5",
  swimPort: 9638,
  gossipPort: 9638,
  persistent: true,
  departed: false,
  probePing: false,
  abilities: 1,
};
const ringKey = "SYM-SEC-1\nring-key-valid-20160504220722\n\nRCFaO84j41GmrzWddxMdsXpGdn3iuIy7Mw3xYrjPLsE=";

/** Tags and lengths that lead from one field to another. */
const WORDS = [
  "\xc2\x3e",
  "\xca\x3e\x06",
  "\xd2\x3e",
  "\x08\x64",
  "\x2a\xff\x7f",
  "\x0b",
  "\x0c",
  "\xff\xff\x03",
];

function target(name: string, seeds: readonly Uint8Array[], run: FuzzTarget["run"]): FuzzTarget {
  return { name, seeds, run, generate: (random, all) => mutate(random, random.pick(all), WORDS) };
}

const swim = target(
  "ring-swim",
  [
    ...vectors("swim-datagrams")
      .slice(0, 50)
      .map(({ payload }: { payload: string }) => bytes(payload)),
    encodeSwim({
      kind: "ack",
      from: member,
      forwardTo: member,
      membership: [{ member, health: "suspect", accuser: member.id, ageMs: 5000 }],
      sequence: 300,
      digest: 2 ** 48 - 1,
    }),
    encodeSwim({ kind: "short-ping", from: 1, to: 2, incarnation: 3n, sequence: 4, digest: 5 }),
    encodeSwim({ kind: "nack", from: 1, sequence: 4 }),
  ],
  (input) => {
    const message = decodeSwim(input);
    const encoded = encodeSwim(message);
    if (!Buffer.from(encodeSwim(decodeSwim(encoded))).equals(encoded))
      throw new Breach("a datagram encodes differently twice");
    if (swimSize(message) !== encoded.length) throw new Breach("a datagram has another size than said");
  },
);

const gossip = target(
  "ring-gossip",
  [
    ...vectors("rumor-messages").map(({ payload }: { payload: string }) => bytes(payload)),
    encodeGossip({ kind: "hello", from: member }),
    encodeGossip({ kind: "summary", fromId: "a", records: 3, buckets: [1, 2, 2 ** 48 - 1] }),
    encodeGossip({ kind: "versions", fromId: "a", buckets: [0, 4095], versions: [1, 2, 3, 4] }),
    encodeGossip({ kind: "want", fromId: "a", keys: [1, 2, 3] }),
  ],
  (input) => {
    const encoded = encodeGossip(decodeGossip(input));
    if (!Buffer.from(encodeGossip(decodeGossip(encoded))).equals(encoded))
      throw new Breach("a message encodes differently twice");
  },
);

const plain = await ringEnvelope(undefined);
const keyed = await ringEnvelope(parseKey("ring", ringKey));

const envelope = target(
  "ring-envelope",
  [plain.seal(bytes("080112")), keyed.seal(bytes("080112")), plain.seal(new Uint8Array(300))],
  (input) => {
    try {
      keyed.open(input);
    } finally {
      plain.open(input);
    }
  },
);

const connection = target(
  "ring-connection",
  [
    ...vectors("zmtp-streams").map(({ push_bytes }: { push_bytes: string }) => bytes(push_bytes)),
    bytes("ff00000000000000017f01080000000361626304"),
    bytes("01000400616263ff000000000000012c00"),
  ],
  (input) => {
    const whole = new ZmtpReader();
    const { messages, refused } = whole.push(input);
    const cut = new ZmtpReader();
    const pieces: Uint8Array[] = [];
    let late: string | undefined;
    for (let at = 0; at < input.length; at += 7) {
      const output = cut.push(input.subarray(at, at + 7));
      pieces.push(...output.messages);
      late = output.refused;
    }
    const joined = (bodies: readonly Uint8Array[]) => Buffer.concat(bodies.map(zmtpFrame));
    if (late !== refused || !joined(messages).equals(joined(pieces)))
      throw new Breach("a stream in pieces reads as another than in one");
  },
);

export const ringTargets: readonly FuzzTarget[] = [swim, gossip, envelope, connection];
