// Made-up messages of the ring for property tests: every kind, with and without extensions, ids of any text.
import fc from "fast-check";
import { HEALTHS, type Member, type Membership } from "../../src/ring/member.ts";
import type { GossipMessage, SwimMessage } from "../../src/ring/protocol.ts";

const u64 = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
/** Mostly ids as we make them; any text may be one. */
const text = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(0n, 2n ** 128n - 1n).map((id) => id.toString(16).padStart(32, "0")) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("x".repeat(127), "x".repeat(128), "ü".repeat(64), "€".repeat(200)),
  },
);
const integer = fc.oneof(fc.nat(300), fc.nat({ max: Number.MAX_SAFE_INTEGER }));
export const hash = fc.nat({ max: 2 ** 48 - 1 });

/** Absent, not undefined, where there is none: as decoded messages are. */
function optional<Value, Required extends keyof Value>(
  values: { [Key in keyof Value]: fc.Arbitrary<Value[Key]> },
  requiredKeys: Required[],
): fc.Arbitrary<Value> {
  return fc.record(values, { requiredKeys }) as unknown as fc.Arbitrary<Value>;
}

const memberFields = {
  id: text,
  incarnation: u64,
  address: fc.oneof(fc.constant(""), fc.ipV4(), text),
  swimPort: fc.nat(65_535),
  gossipPort: fc.nat(65_535),
  persistent: fc.boolean(),
  departed: fc.boolean(),
  probePing: fc.boolean(),
};

export const plainMember: fc.Arbitrary<Member> = fc.record(memberFields);
export const member = fc.oneof(plainMember, fc.record({ ...memberFields, abilities: integer }));
const health = fc.constantFrom(...HEALTHS);
export const plainMembership: fc.Arbitrary<Membership> = fc.record({ member: plainMember, health });
export const membership = optional({ member, health, accuser: text, ageMs: integer }, ["member", "health"]);

const memberships = fc.array(membership, { maxLength: 6 });

export const swimMessage = fc.oneof(
  optional(
    {
      kind: fc.constantFrom("ping" as const, "ack" as const),
      from: member,
      forwardTo: member,
      membership: memberships,
      sequence: integer,
      digest: hash,
    },
    ["kind", "from", "membership"],
  ),
  optional(
    {
      kind: fc.constant("ping-req" as const),
      from: member,
      target: member,
      membership: memberships,
      sequence: integer,
    },
    ["kind", "from", "target", "membership"],
  ),
  fc.record({ kind: fc.constant("probe-ping" as const), from: member, membership: memberships }),
  fc.record({
    kind: fc.constant("short-ping" as const),
    from: hash,
    to: hash,
    incarnation: u64,
    sequence: integer,
    digest: hash,
  }),
  fc.record({
    kind: fc.constant("short-ack" as const),
    from: hash,
    incarnation: u64,
    sequence: integer,
    digest: hash,
  }),
  fc.record({ kind: fc.constant("nack" as const), from: hash, sequence: integer }),
) as fc.Arbitrary<SwimMessage>;

const hashes = fc.array(hash, { maxLength: 40 });

/** Steps of the synchronisation, and the two rumors that have extensions. */
export const gossipMessage = fc.oneof(
  fc.record({ kind: fc.constant("hello" as const), from: member }),
  fc.record({ kind: fc.constant("summary" as const), fromId: text, records: integer, buckets: hashes }),
  fc.record({
    kind: fc.constant("versions" as const),
    fromId: text,
    buckets: fc.array(fc.nat(65_535)),
    versions: fc.array(fc.tuple(hash, hash)).map((pairs) => pairs.flat()),
  }),
  fc.record({ kind: fc.constant("want" as const), fromId: text, keys: hashes }),
  fc.record({ kind: fc.constant("member" as const), fromId: text, value: membership }),
  fc.record({
    kind: fc.constant("service" as const),
    fromId: text,
    value: optional(
      {
        memberId: text,
        serviceGroup: fc.constant("redis.default@acme"),
        incarnation: u64,
        initialized: fc.boolean(),
        pkg: text,
        cfg: fc.uint8Array({ maxLength: 200 }),
        sys: fc.record({
          ip: text,
          hostname: text,
          gossipIp: text,
          gossipPort: fc.nat(2 ** 32 - 1),
          httpGatewayIp: text,
          httpGatewayPort: fc.nat(65_535),
          ctlGatewayIp: text,
          ctlGatewayPort: fc.nat(65_535),
        }),
        pkgIncarnation: u64,
        stopped: fc.boolean(),
        changing: fc.boolean(),
        draining: fc.boolean(),
        notReady: fc.boolean(),
      },
      ["memberId", "serviceGroup", "incarnation", "initialized", "pkg", "cfg", "sys", "pkgIncarnation"],
    ),
  }),
) as fc.Arbitrary<GossipMessage>;
