// What other members may say, to a whole member: a few hundred events made from each input, well-formed and odd. It never
// throws, does little at once, says nothing that cannot be sent, and holds no more than its limits.

import { isIP } from "node:net";
import {
  BUCKET_LIMIT,
  type Election,
  encodeGossip,
  encodeSwim,
  type GossipMessage,
  hash48,
  MESSAGE_LIMIT_BYTES,
  type Member,
  type Membership,
  type RingEffect,
  type RingEvent,
  SWIM_LIMIT_ENCRYPTED_BYTES,
  type SwimMessage,
  shortId,
} from "../../../src/ring/index.ts";
import { HEARD_ELECTION_LIMIT, VOTE_LIMIT } from "../../../src/ring/machine/limits.ts";
import { noRecords, otherKeys, updateRecord } from "../../../src/ring/machine/records.ts";
import { serviceOf } from "../../../src/ring/machine/testing/records.ts";
import { Rig } from "../../../src/ring/machine/testing/rig.ts";
import { Breach, type FuzzTarget } from "../harness.ts";
import { mutate } from "../mutate.ts";
import { Random } from "../random.ts";

const MAXIMUM = 2n ** 64n - 1n;
/** More than any event of a few members leads to. */
const EFFECTS_AT_ONCE = 400;
const EVENTS = 150;

const IDS = ["self", "a", "b", "c", "d", "e", "0123456789abcdef0123456789abcdef", "", "x".repeat(200)];
const HOSTS = ["10.0.0.2", "10.0.0.3", "::1", "fd00::7", "", "host.example", "999.1.1.1", "127.0.0.1"];
const GROUPS = ["g.default", "h.default", "redis.default@acme", "not a group", ""];
const HEALTHS = ["alive", "suspect", "confirmed", "departed"] as const;

class Maker {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  event(): RingEvent {
    const { pick, below, once } = this.#short();
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return {
          kind: "datagram",
          from: { host: pick(HOSTS.slice(0, 4)), port: 1 + below(65_535) },
          message: this.swim(),
        };
      case 4:
      case 5:
      case 6:
      case 7:
      case 8:
        return {
          kind: "message",
          from: pick(HOSTS.slice(0, 4)),
          message: this.gossip(),
          ...(once(2) ? { by: this.id() } : {}),
        };
      case 9:
        return { kind: "pushed", push: below(300), delivered: once(2) };
      case 10:
        return once(2)
          ? { kind: "link", to: this.id(), state: "up", own: once(2) }
          : { kind: "link", to: this.id(), state: pick(["closed", "refused", "lost"]) };
      case 11:
        return { kind: "knocked", to: this.id(), answer: pick(["open", "refused", "silent"]) };
      case 12:
        return { kind: "unreachable", address: { host: pick(HOSTS), port: 9638 } };
      case 13:
        return this.#ownEvent();
      case 14:
        return { kind: "peers", peers: [{ host: "10.0.0.2", port: 9638 }] };
      default:
        return { kind: "timer", lateMs: once(3) ? below(100_000) : 0 };
    }
  }

  #ownEvent(): RingEvent {
    const { pick, below, once } = this.#short();
    const serviceGroup = pick(GROUPS);
    switch (below(6)) {
      case 0:
        return {
          kind: "announce",
          rumor: { kind: "service", fromId: "self", value: serviceOf("self", serviceGroup) },
        };
      case 1:
        return { kind: "withdraw", serviceGroup };
      case 2:
        return {
          kind: "elect",
          election: pick(["election", "election-update"]),
          serviceGroup,
          suitability: this.#number(),
        };
      case 3:
        return { kind: "suitability", serviceGroup, suitability: this.#number() };
      case 4:
        return { kind: "re-elect", serviceGroup };
      default:
        return once(40) ? { kind: "leave" } : { kind: "timer", lateMs: 0 };
    }
  }

  swim(): SwimMessage {
    const { pick, below, once } = this.#short();
    const membership = Array.from({ length: below(7) }, () => this.#membership());
    const from = this.#member();
    const extra = once(2) ? {} : { sequence: below(1000), digest: below(2 ** 32) };
    switch (below(7)) {
      case 0:
      case 1:
        return {
          kind: pick(["ping", "ack"]),
          from,
          ...(once(3) ? { forwardTo: this.#member() } : {}),
          membership,
          ...extra,
        };
      case 2:
        return { kind: "ping-req", from, target: this.#member(), membership, sequence: below(1000) };
      case 3:
        return { kind: "probe-ping", from, membership };
      case 4:
        return {
          kind: "short-ping",
          from: shortId(this.id()),
          to: once(3) ? below(100) : shortId("self"),
          incarnation: this.#number(),
          sequence: below(1000),
          digest: below(2 ** 32),
        };
      case 5:
        return {
          kind: "short-ack",
          from: shortId(this.id()),
          incarnation: this.#number(),
          sequence: below(1000),
          digest: below(2 ** 32),
        };
      default:
        return { kind: "nack", from: shortId(this.id()), sequence: below(1000) };
    }
  }

  gossip(): GossipMessage {
    const { pick, below, once } = this.#short();
    const fromId = this.id();
    const serviceGroup = once(10) ? `made-up${below(1e6)}.default` : pick(GROUPS);
    const content = new Uint8Array(once(20) ? 100_000 : below(40));
    const common = { serviceGroup, incarnation: this.#number(), encrypted: once(2), fromId };
    switch (below(11)) {
      case 0:
        return { kind: "hello", from: this.#member() };
      case 1: {
        const length = once(3) ? below(BUCKET_LIMIT) : 64;
        return {
          kind: "summary",
          fromId,
          records: below(1e6),
          buckets: Array.from({ length }, () => below(2 ** 32)),
        };
      }
      case 2: {
        const count = once(10) ? 10_000 : below(30);
        return {
          kind: "versions",
          fromId,
          buckets: Array.from({ length: below(BUCKET_LIMIT) }, () => below(70)),
          versions: Array.from({ length: count }, () => (once(3) ? hash48(this.id()) : below(2 ** 32))),
        };
      }
      case 3: {
        const count = once(10) ? 10_000 : below(30);
        return {
          kind: "want",
          fromId,
          keys: Array.from({ length: count }, () => (once(2) ? shortId(this.id()) : below(2 ** 32))),
        };
      }
      case 4:
      case 5:
        return { kind: "member", fromId, value: this.#membership() };
      case 6: {
        const value = serviceOf(this.id(), serviceGroup, {
          incarnation: this.#number(),
          cfg: content,
          ...(once(3) ? { stopped: true } : {}),
        });
        return { kind: "service", fromId: value.memberId, value };
      }
      case 7:
        return { kind: "service-config", fromId, value: { ...common, config: content } };
      case 8:
        return { kind: "service-file", fromId, value: { ...common, filename: fromId, body: content } };
      case 9: {
        const value = this.#election(serviceGroup);
        return { kind: pick(["election", "election-update"]), fromId: value.candidate, value };
      }
      default:
        // One in many, or everybody would have departed soon.
        return once(6)
          ? { kind: "departure", fromId, value: { memberId: this.id() } }
          : { kind: "member", fromId, value: this.#membership() };
    }
  }

  id(): string {
    return this.#random.once(8)
      ? `made-up${this.#random.below(1e6)}`.padEnd(this.#random.below(200), "é")
      : this.#random.pick(IDS);
  }

  #election(serviceGroup: string): Election {
    const { pick, below, once } = this.#short();
    const votes = once(15)
      ? Array.from({ length: 15_000 }, (_, i) => `voter${i}of${below(1000)}`)
      : Array.from({ length: below(6) }, () => this.id());
    return {
      serviceGroup,
      candidate: this.id(),
      term: this.#number(),
      suitability: this.#number(),
      status: pick(["running", "no-quorum", "finished"]),
      votes,
    };
  }

  #member(): Member {
    const { pick, below, once } = this.#short();
    return {
      id: this.id(),
      incarnation: this.#number(),
      address: pick(HOSTS),
      swimPort: once(6) ? 0 : 1 + below(65_535),
      gossipPort: once(6) ? 0 : 1 + below(65_535),
      persistent: once(4),
      departed: once(12),
      probePing: once(4),
      ...(once(2) ? { abilities: once(6) ? 2 ** 53 - 1 : 1 } : {}),
    };
  }

  #membership(): Membership {
    const { pick, below, once } = this.#short();
    return {
      member: this.#member(),
      health: pick(HEALTHS),
      ...(once(3) ? { accuser: this.id() } : {}),
      ...(once(3) ? { ageMs: once(2) ? Number.MAX_SAFE_INTEGER : below(2e9) } : {}),
    };
  }

  #number(): bigint {
    const { pick, below, once } = this.#short();
    return once(5) ? pick([0n, MAXIMUM, MAXIMUM - 1n, 2n ** 63n]) : BigInt(below(6));
  }

  #short() {
    const random = this.#random;
    return {
      pick: <Item>(items: readonly Item[]): Item => random.pick(items),
      below: (limit: number): number => random.below(limit),
      once: (times: number): boolean => random.once(times),
    };
  }
}

function check(effects: readonly RingEffect[]): void {
  if (effects.length > EFFECTS_AT_ONCE) throw new Breach(`${effects.length} effects at once`);
  for (const effect of effects) {
    const address = effect.kind === "datagram" ? effect.to : "address" in effect ? effect.address : undefined;
    if (address !== undefined && (isIP(address.host) === 0 || address.port < 1))
      throw new Breach(`something goes to ${address.host}:${address.port}`);
    if (effect.kind === "datagram") {
      const { length } = encodeSwim(effect.message);
      if (length > SWIM_LIMIT_ENCRYPTED_BYTES)
        throw new Breach(`a ${effect.message.kind} of ${length} bytes`);
    }
    if (effect.kind === "incarnation" && effect.incarnation > MAXIMUM)
      throw new Breach("an incarnation that does not fit");
    if (effect.kind !== "push") continue;
    for (const message of effect.messages) {
      const { length } = encodeGossip(message);
      if (length + 64 > MESSAGE_LIMIT_BYTES) throw new Breach(`a ${message.kind} of ${length} bytes`);
    }
  }
}

function checkStores({ core, state }: Rig): void {
  const fresh = noRecords();
  for (const key of otherKeys(core.records)) updateRecord(fresh, state, key);
  const stored =
    [...state.services.values(), ...state.serviceFiles.values()].reduce((sum, { size }) => sum + size, 0) +
    state.serviceConfigs.size +
    state.elections.size +
    state.electionUpdates.size +
    state.departures.size;
  if (fresh.byHash.size !== stored) throw new Breach(`${stored} records, ${fresh.byHash.size} in the digest`);
  if (fresh.digest !== core.records.digest || fresh.bytes !== core.records.bytes)
    throw new Breach("the digest of the records is not that of the stores");
  for (const { votes, term } of [...state.elections.values(), ...state.electionUpdates.values()]) {
    if (votes.length > VOTE_LIMIT) throw new Breach(`${votes.length} votes`);
    if (term > MAXIMUM) throw new Breach("a term that does not fit");
  }
  if (core.elections.taking.size > HEARD_ELECTION_LIMIT + 10) throw new Breach("too many elections joined");
  const known = state.members.size + core.tombstones.members.size + state.departures.size;
  if (core.reasons.size > 0) throw new Breach("reasons are left over");
  if (core.told.size > known) throw new Breach(`${core.told.size} told, of ${known}`);
  for (const id of core.suspicions.keys())
    if (state.members.get(id)?.health !== "suspect") throw new Breach("suspicion of one that is no suspect");
  for (const [id, { accusers }] of core.suspicions)
    if (accusers.size > 3) throw new Breach(`${accusers.size} accusers of ${id}`);
  for (const id of core.couriers.to.keys())
    if (!state.members.has(id)) throw new Breach("a courier to somebody unknown");
  for (const map of [state.services, state.serviceFiles])
    for (const inner of map.values()) if (inner.size === 0) throw new Breach("an empty group");
}

export const machineTarget: FuzzTarget = {
  name: "ring-machine",
  seeds: [Buffer.from("a member"), Buffer.from([0]), Buffer.from("0123456789abcdef")],
  generate: (random, seeds) => mutate(random, random.pick(seeds), ["\xff"]),
  run(input) {
    const random = new Random(hash48(input) % 2 ** 32, input.length);
    const maker = new Maker(random);
    const rig = new Rig({ seed: input.length });
    for (let number = 0; number < EVENTS; number++) {
      check(rig.event(maker.event()));
      const { now } = rig;
      rig.now += random.pick([0, 0, 1, 30, 400, 3000, 100_000]);
      for (let wakes = 0; rig.machine.wakeAt() <= rig.now && wakes < 20; wakes++) {
        check(rig.event({ kind: "timer", lateMs: 0 }));
        if (rig.now === now && wakes === 19) throw new Breach("it wakes up for nothing");
      }
      const due = rig.machine.wakeAt();
      if (Number.isNaN(due)) throw new Breach("it wakes up at no time");
      if (number % 10 === 9) checkStores(rig);
    }
  },
};
