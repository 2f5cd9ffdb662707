import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError } from "../../src/error/index.ts";
import type { SwimMessage } from "../../src/ring/protocol.ts";
import { ringEnvelope } from "../../src/ring/wire/envelope.ts";
import { decodeMessage, encodeMessage, type Schema } from "../../src/ring/wire/message.ts";
import { encodeMembership, toMember, toMembership } from "../../src/ring/wire/rumor.ts";
import { MEMBER, MEMBERSHIP } from "../../src/ring/wire/schema.ts";
import { decodeSwim, encodeSwim, swimSize } from "../../src/ring/wire/swim.ts";
import { membershipSize } from "../../src/ring/wire/swim-member.ts";
import { membership, plainMembership, swimMessage } from "./arbitrary.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (data: Uint8Array) => Buffer.from(data).toString("hex");

const from = {
  id: "0123456789abcdef0123456789abcdef",
  incarnation: 3n,
  address: "",
  swimPort: 9638,
  gossipPort: 9638,
  persistent: false,
  departed: false,
  probePing: false,
};

describe("what is encoded decodes to the same", () => {
  test("datagrams of every kind", () => {
    fc.assert(
      fc.property(swimMessage, (message) => expect(decodeSwim(encodeSwim(message))).toEqual(message)),
      { numRuns: 300 },
    );
  });

  test("an age is told in whole milliseconds", () => {
    const aged = { member: from, health: "departed", ageMs: 1234.9 } as const;
    const message = decodeSwim(encodeSwim({ kind: "ack", from, membership: [aged] }));
    expect(message).toMatchObject({ membership: [{ ageMs: 1234 }] });
  });
});

describe("sizes", () => {
  test("of a datagram are exact, with extensions and without", () => {
    fc.assert(
      fc.property(swimMessage, fc.boolean(), (message, extensions) =>
        expect(swimSize(message, { extensions })).toBe(encodeSwim(message, { extensions }).length),
      ),
      { numRuns: 300 },
    );
  });

  test("of a membership are what it adds to a datagram", () => {
    const without = swimSize({ kind: "probe-ping", from, membership: [] });
    fc.assert(
      fc.property(membership, (one) =>
        expect(membershipSize(one)).toBe(swimSize({ kind: "probe-ping", from, membership: [one] }) - without),
      ),
    );
  });

  test("a short ping takes at most 30 bytes with its envelope for the first eight years", async () => {
    const { seal } = await ringEnvelope(undefined);
    const ids = { from: 2 ** 48 - 1, to: 2 ** 48 - 1, digest: 2 ** 48 - 1 };
    const ping = { kind: "short-ping", ...ids, incarnation: 100n, sequence: 2 ** 28 - 1 } as const;
    expect(seal(encodeSwim(ping))).toHaveLength(30);
    expect(seal(encodeSwim({ ...ping, sequence: 100 }))).toHaveLength(27);
    expect(seal(encodeSwim({ kind: "nack", from: ids.from, sequence: 100 }))).toHaveLength(14);
  });
});

describe("for an original member", () => {
  const bare = (message: SwimMessage): SwimMessage => {
    const strip = ({ abilities: _, ...rest }: typeof from & { abilities?: number }) => rest;
    if (!("membership" in message)) return message;
    const memberships = message.membership.map(({ member, health }) => ({ member: strip(member), health }));
    switch (message.kind) {
      case "ping":
      case "ack": {
        const { kind, forwardTo } = message;
        const forward = forwardTo && { forwardTo: strip(forwardTo) };
        return { kind, from: strip(message.from), ...forward, membership: memberships };
      }
      case "ping-req": {
        const { kind, target } = message;
        return { kind, from: strip(message.from), target: strip(target), membership: memberships };
      }
      case "probe-ping":
        return { kind: message.kind, from: strip(message.from), membership: memberships };
    }
  };

  test("nothing of ours is in a datagram", () => {
    fc.assert(
      fc.property(swimMessage, (message) =>
        expect(hex(encodeSwim(message, { extensions: false }))).toBe(hex(encodeSwim(bare(message)))),
      ),
    );
  });

  test("without extensions the bytes are the original's", () => {
    expect(hex(encodeSwim({ kind: "ping", from, membership: [] }))).toBe(
      "080112340a320a20303132333435363738396162636465663031323334353637383961626364656610031a0020a64b28a64b300038004000",
    );
    fc.assert(
      fc.property(plainMembership, (one) => {
        const encoded = hex(encodeSwim({ kind: "probe-ping", from, membership: [one] }));
        expect(encoded.endsWith(hex(encodeMembership(one)))).toBe(true);
      }),
    );
  });
});

describe("refused", () => {
  const ping = "0a070a016120012802";
  const cases: [why: string, hex: string][] = [
    ["no body", "0801"],
    ["a body of another kind", `08011a09${ping}`],
    ["a kind that is not known", `08051209${ping}`],
    ["kind 0", `08001209${ping}`],
    ["a short kind without its body", "0864"],
    ["a short body cut short", `0864d23e06${"00".repeat(6)}`],
    ["a short body that ends in a number", `0866d23e07${"00".repeat(6)}80`],
    ["a digest of five bytes", `08011209${ping}ca3e05${"00".repeat(5)}`],
    ["a sequence beyond 2^53", `08011209${ping}c03effffffffffffffff7f`],
    ["a PingReq without target", `08032209${ping}`],
    ["one bad membership among good ones", `08011209${ping}2a090a070a0161200128022a080a060a0161280120`],
  ];
  for (const [why, input] of cases) test(why, () => expect(() => decodeSwim(bytes(input))).toThrow(HabError));

  test("but more bytes after a short body are skipped, for members to come", () => {
    const sound = { kind: "nack", from: 5, sequence: 7 } as const;
    const encoded = hex(encodeSwim(sound)).replace("d23e07", "d23e09");
    expect(decodeSwim(bytes(`${encoded}ffff`))).toEqual(sound);
  });
});

// The same by table: another description of the same format, to hold the one written out by hand against.
const member = { number: 1, type: MEMBER } as const;
const pair = (name: string) =>
  ({ name, fields: { from: member, other: { number: 2, type: MEMBER } } }) as const satisfies Schema;
const SWIM = {
  name: "Swim",
  fields: {
    type: { number: 1, type: "int32" },
    ping: { number: 2, type: pair("Ping") },
    ack: { number: 3, type: pair("Ack") },
    pingReq: { number: 4, type: pair("PingReq") },
    membership: { number: 5, type: MEMBERSHIP, repeated: true },
    probePing: { number: 6, type: { name: "ProbePing", fields: { from: member } } },
    sequence: { number: 1000, type: "integer" },
    digest: { number: 1001, type: "bytes" },
    short: { number: 1002, type: "bytes" },
  },
  oneOf: ["ping", "ack", "pingReq", "probePing"],
} as const satisfies Schema;

/** Understood or not, and what of it; the short kinds have no fields to compare. */
function byTable(input: Uint8Array): unknown {
  const { type = 1, membership = [], sequence, digest, short, ...bodies } = decodeMessage(SWIM, input);
  const memberships = membership.map(toMembership);
  if (digest !== undefined && digest.length !== 6) throw new HabError(notAHash, "");
  if (type >= 100 && type <= 102 && short !== undefined) return "short";
  const kinds = [bodies.ping, bodies.ack, bodies.pingReq, bodies.probePing] as const;
  const body: (typeof kinds)[0] | undefined = kinds[type - 1];
  if (body?.from === undefined) throw new HabError(notAHash, "");
  return {
    kind: (["ping", "ack", "ping-req", "probe-ping"] as const)[type - 1],
    from: toMember(body.from),
    ...(type === 3 && { target: toMember(body.other ?? {}) }),
    ...(type < 3 && body.other !== undefined && { forwardTo: toMember(body.other) }),
    membership: memberships,
    ...(type < 4 && sequence !== undefined && { sequence }),
    ...(type < 3 && digest !== undefined && { digest: Buffer.from(digest).readUIntLE(0, 6) }),
  };
}
const notAHash = { code: "", title: "", remedy: "" } as never;

function outcome(decode: () => unknown): unknown {
  try {
    return decode();
  } catch (error) {
    if (error instanceof HabError) return "refused";
    throw error;
  }
}

describe("by hand and by table", () => {
  test("the same bytes are made", () => {
    fc.assert(
      fc.property(swimMessage, (message) => {
        if (!("membership" in message) || message.kind === "probe-ping") return;
        const type = ["ping", "ack", "ping-req"].indexOf(message.kind) + 1;
        const other = message.kind === "ping-req" ? message.target : message.forwardTo;
        const body = { from: { ...message.from }, ...(other && { other: { ...other } }) };
        const membership = message.membership.map((one) => ({
          ...one,
          member: { ...one.member },
          health: ["alive", "suspect", "confirmed", "departed"].indexOf(one.health) + 1,
        }));
        const digest = Buffer.alloc(6);
        if ("digest" in message) digest.writeUIntLE(message.digest ?? 0, 0, 6);
        const byTable = encodeMessage(SWIM, {
          type,
          [["ping", "ack", "pingReq"][type - 1]!]: body,
          membership,
          ...(message.sequence !== undefined && { sequence: message.sequence }),
          ...("digest" in message && { digest }),
        });
        expect(hex(encodeSwim(message))).toBe(hex(byTable));
      }),
    );
  });

  test("the same is understood of damaged datagrams", () => {
    let understood = 0;
    const damage = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(swimMessage, damage, fc.nat(20), (message, changes, cut) => {
        const input = encodeSwim(message);
        for (const [at, value] of changes) input[at % input.length] = value;
        const cutOff = cut < 3 ? input.subarray(0, input.length - cut) : input;
        const byHand = outcome(() => decodeSwim(cutOff));
        const expected = outcome(() => byTable(cutOff));
        if (expected === "short") return;
        if (expected !== "refused") understood++;
        expect(byHand).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});
