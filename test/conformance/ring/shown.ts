// Rumors and datagrams in the form the vectors show decoded messages in.
import type { Rumor, SwimMessage } from "../../../src/ring/index.ts";

const TYPES = {
  member: [1, "member"],
  service: [2, "service"],
  election: [3, "election"],
  "service-config": [4, "service_config"],
  "service-file": [5, "service_file"],
  "election-update": [8, "election"],
  departure: [9, "departure"],
} as const;

const NUMBERS: Record<string, Record<string, number>> = {
  health: { alive: 1, suspect: 2, confirmed: 3, departed: 4 },
  status: { running: 1, "no-quorum": 2, finished: 3 },
};

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function plain(value: unknown, name = ""): unknown {
  if (typeof value === "bigint") return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map((item) => plain(item));
  if (typeof value === "string" && name in NUMBERS) return NUMBERS[name]![value];
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key === "candidate" ? "member_id" : snake(key),
        plain(inner, key),
      ]),
    );
  return value;
}

export function shown(rumor: Rumor): Record<string, unknown> {
  const [type, field] = TYPES[rumor.kind];
  const { from_id: _, ...value } = plain(rumor.value) as Record<string, unknown>;
  return { type, from_id: rumor.fromId, [field]: value };
}

const BODIES = {
  ping: [1, "ping"],
  ack: [2, "ack"],
  "ping-req": [3, "pingreq"],
  "probe-ping": [4, "probeping"],
} as const;

/** A datagram of the original's kinds; the vectors leave an empty list of memberships out. */
export function shownSwim(message: SwimMessage): Record<string, unknown> {
  if (!(message.kind in BODIES) || !("membership" in message)) throw new Error(`${message.kind} is ours`);
  const { kind, membership, ...body } = message;
  const [type, field] = BODIES[kind];
  return { type, [field]: plain(body), ...(membership.length > 0 && { membership: plain(membership) }) };
}
