// For tests: one machine on a clock of the test's own, and a few of them on a network that loses nothing unless told to.

import type { Health, Member, Membership } from "../member.ts";
import type { Address, GossipMessage, RingEffect, RingEvent, RingMachine, SwimMessage } from "../protocol.ts";
import type { Election, ServiceRumor } from "../rumor.ts";
import { shortId } from "../short-id.ts";
import { createOriginalMember } from "../sim/original/index.ts";
import { emptyRingState } from "../state.ts";
import { type Core, newCore } from "./core.ts";
import { memberOf } from "./machine.ts";

export type Effect<Kind extends RingEffect["kind"]> = Extract<RingEffect, { kind: Kind }>;

/** Address of the n-th member. */
export const hostOf = (n: number): string => `10.0.${Math.floor(n / 250)}.${1 + (n % 250)}`;

const PORT = 9638;

/** A record of one of ours, unless `abilities` says otherwise. */
export function record(id: string, n: number, rest: Partial<Member> = {}): Member {
  return {
    id,
    incarnation: 1n,
    address: hostOf(n),
    swimPort: PORT,
    gossipPort: PORT,
    persistent: false,
    departed: false,
    probePing: false,
    abilities: 1,
    ...rest,
  };
}

export function original(id: string, n: number, rest: Partial<Member> = {}): Member {
  const { abilities: _, ...plain } = record(id, n, rest);
  return plain;
}

export function serviceOf(
  memberId: string,
  serviceGroup = "g.default",
  rest: Partial<ServiceRumor> = {},
): ServiceRumor {
  return {
    memberId,
    serviceGroup,
    incarnation: 1n,
    initialized: false,
    pkg: "acme/g/1.0.0/20260101000000",
    cfg: new Uint8Array(),
    sys: {
      ip: "127.0.0.1",
      hostname: "localhost",
      gossipIp: "",
      gossipPort: 0,
      httpGatewayIp: "",
      httpGatewayPort: 0,
      ctlGatewayIp: "",
      ctlGatewayPort: 0,
    },
    pkgIncarnation: 0n,
    ...rest,
  };
}

/** Numbers from 0 up to 1 that are the same each time. */
export function steadyRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    mixed ^= mixed >>> 16;
    return (mixed >>> 0) / 2 ** 32;
  };
}

interface RigOptions {
  readonly id?: string;
  readonly incarnation?: bigint;
  readonly seed?: number;
  readonly self?: Partial<Core["self"]>;
  /** What is on disk at the start. */
  readonly before?: (state: Core["state"]) => void;
  readonly started?: boolean;
}

/** One member of ours, `self` at 10.0.0.1. Pushes are answered by the test, or at once by `autoPush`. */
export class Rig {
  readonly core: Core;
  readonly machine: RingMachine;
  now = 10_000;
  /** Everything done so far. */
  readonly done: RingEffect[] = [];
  autoPush = true;

  constructor({
    id = "self",
    incarnation = 1n,
    seed = 1,
    self = {},
    before,
    started = true,
  }: RigOptions = {}) {
    const state = emptyRingState(id, incarnation);
    before?.(state);
    this.core = newCore({
      state,
      self: { address: "", swimPort: PORT, gossipPort: PORT, persistent: false, ...self },
      random: steadyRandom(seed),
    });
    this.machine = memberOf(this.core);
    if (started) this.event({ kind: "start", peers: [] });
  }

  get state(): Core["state"] {
    return this.core.state;
  }

  event(event: RingEvent): RingEffect[] {
    const effects = this.machine.step(event, this.now);
    this.done.push(...effects);
    const all = [...effects];
    if (this.autoPush)
      for (const effect of effects)
        if (effect.kind === "push")
          all.push(...this.event({ kind: "pushed", push: effect.push, delivered: true }));
    return all;
  }

  /** Lets so much time pass; every timer on its time. What is done in it. */
  wait(ms: number): RingEffect[] {
    const end = this.now + ms;
    const all: RingEffect[] = [];
    for (let wakes = 0; this.machine.wakeAt() <= end; wakes++) {
      if (wakes > 100_000) throw new Error("the machine turns in circles");
      this.now = Math.max(this.now, this.machine.wakeAt());
      all.push(...this.event({ kind: "timer", lateMs: 0 }));
    }
    this.now = end;
    return all;
  }

  datagram(message: SwimMessage, host: string): RingEffect[] {
    return this.event({ kind: "datagram", from: { host, port: PORT }, message });
  }

  message(message: GossipMessage, by?: string): RingEffect[] {
    return this.event({ kind: "message", from: "10.0.0.99", message, ...(by === undefined ? {} : { by }) });
  }

  tell(member: Member, health: Health = "alive", rest: Partial<Membership> = {}, by?: string): RingEffect[] {
    return this.message({ kind: "member", fromId: by ?? "teller", value: { member, health, ...rest } }, by);
  }

  elect(election: Partial<Election> & { candidate: string }, by?: string): RingEffect[] {
    const value = {
      serviceGroup: "g.default",
      term: 0n,
      suitability: 0n,
      status: "running" as const,
      votes: [election.candidate],
      ...election,
    };
    return this.message({ kind: "election", fromId: value.candidate, value }, by);
  }

  service(value: ServiceRumor, by?: string): RingEffect[] {
    return this.message({ kind: "service", fromId: value.memberId, value }, by);
  }

  health(id: string): Health | undefined {
    return this.state.members.get(id)?.health;
  }
}

export function only<Kind extends RingEffect["kind"]>(
  effects: readonly RingEffect[],
  kind: Kind,
): Effect<Kind>[] {
  return effects.filter((effect): effect is Effect<Kind> => effect.kind === kind);
}

/** Datagrams, as kind and host. */
export function datagrams(effects: readonly RingEffect[]): string[] {
  return only(effects, "datagram").map(({ to, message }) => `${message.kind} ${to.host}`);
}

/** Messages pushed to a member. */
export function pushedTo(effects: readonly RingEffect[], id: string): GossipMessage[] {
  return only(effects, "push")
    .filter(({ to }) => to === id)
    .flatMap(({ messages }) => messages);
}

interface Place {
  readonly id: string;
  readonly host: string;
  readonly own: boolean;
  machine: RingMachine;
  core: Core | undefined;
  up: boolean;
  /** The process does not run, but its host takes connections. */
  paused: boolean;
  timer: number;
}

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Several members and their network: everything arrives after a millisecond, in order. */
export class SmallRing {
  now = 10_000;
  readonly places: Place[] = [];
  /** What is lost; nothing unless a test says so. */
  lost: (from: string, to: string, what: "datagram" | "push") => boolean = () => false;
  /** Everything done, with the member that did it. */
  readonly done: (readonly [id: string, effect: RingEffect])[] = [];
  #queue: Happening[] = [];
  #order = 0;
  #seed: number;

  constructor(ids: readonly string[], { seed = 1, originals = [] as readonly string[] } = {}) {
    this.#seed = seed;
    for (const id of [...ids, ...originals]) this.add(id, !originals.includes(id));
  }

  add(id: string, own = true, peer = 0): Place {
    const host = hostOf(this.places.length);
    const place = { id, host, own, up: true, paused: false, timer: 0 } as Place;
    this.places.push(place);
    this.start(place, peer);
    return place;
  }

  /** Starts a member's process, with nothing on disk or what it had. */
  start(place: Place, peer = 0, keepsDisk = false): void {
    const old = keepsDisk ? place.machine.state : undefined;
    const state = emptyRingState(place.id, old?.incarnation ?? 0n);
    if (old !== undefined) {
      for (const entry of old.members.values()) state.members.set(entry.member.id, entry);
      for (const [group, services] of old.services) state.services.set(group, new Map(services));
      for (const [group, election] of old.elections) state.elections.set(group, election);
      for (const [group, election] of old.electionUpdates) state.electionUpdates.set(group, election);
    }
    const options = {
      state,
      self: { address: "", swimPort: PORT, gossipPort: PORT, persistent: false },
      random: steadyRandom(this.#seed++),
    };
    place.core = place.own ? newCore(options) : undefined;
    place.machine = place.core === undefined ? createOriginalMember(options) : memberOf(place.core);
    place.up = true;
    const other = this.places[peer];
    const peers = other === undefined || other === place ? [] : [{ host: other.host, port: PORT }];
    this.event(place.id, { kind: "start", peers });
  }

  place(id: string): Place {
    const place = this.places.find((one) => one.id === id);
    if (place === undefined) throw new Error(`no member ${id}`);
    return place;
  }

  crash(id: string): void {
    this.place(id).up = false;
  }

  state(id: string): Core["state"] {
    return this.place(id).machine.state;
  }

  get living(): Place[] {
    return this.places.filter(({ up }) => up);
  }

  event(id: string, event: RingEvent): void {
    const place = this.place(id);
    if (!place.up) return;
    const { machine } = place;
    for (const effect of machine.step(event, this.now)) {
      this.done.push([id, effect]);
      this.#carryOut(place, effect);
    }
    const timer = ++place.timer;
    const at = machine.wakeAt();
    if (at === Number.POSITIVE_INFINITY) return;
    this.#at(Math.max(at, this.now), () => {
      if (place.timer === timer && place.machine === machine) this.event(id, { kind: "timer", lateMs: 0 });
    });
  }

  wait(ms: number): void {
    const end = this.now + ms;
    for (let steps = 0; ; steps++) {
      if (steps > 2_000_000) throw new Error("the machines turn in circles");
      const next = this.#queue[0];
      if (next === undefined || next.at > end) break;
      this.#queue.shift();
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }

  /** Waits until the condition holds, looking every 10 ms; false if it does not within this time. */
  until(condition: () => boolean, withinMs: number): boolean {
    for (const end = this.now + withinMs; this.now < end; this.wait(10)) if (condition()) return true;
    return condition();
  }

  /** Whether all living members of ours hold the same. */
  agree(): boolean {
    const digests = this.living.flatMap(({ core }) =>
      core === undefined ? [] : [(core.state.members.digest + core.records.digest) % 2 ** 48],
    );
    return new Set(digests).size === 1;
  }

  announceService(id: string, serviceGroup = "g.default"): void {
    this.event(id, {
      kind: "announce",
      rumor: { kind: "service", fromId: id, value: serviceOf(id, serviceGroup) },
    });
  }

  elect(id: string, suitability = 0n, election: "election" | "election-update" = "election"): void {
    this.event(id, { kind: "elect", election, serviceGroup: "g.default", suitability });
  }

  /** Who leads, by each of these members; undefined where the election has not finished. */
  leaders(
    ids: readonly string[],
    kind: "elections" | "electionUpdates" = "elections",
  ): (string | undefined)[] {
    return ids.map((id) => {
      const election = this.state(id)[kind].get("g.default");
      return election?.status === "finished" ? election.candidate : undefined;
    });
  }

  /** Whether they all follow one leader; which. */
  leader(ids: readonly string[], kind: "elections" | "electionUpdates" = "elections"): string | undefined {
    const [first, ...rest] = this.leaders(ids, kind);
    return rest.every((one) => one === first) ? first : undefined;
  }

  #at(at: number, run: () => void): void {
    const happening = { at, order: this.#order++, run };
    let low = 0;
    let high = this.#queue.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#queue[middle] as Happening).at <= at) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, happening);
  }

  #carryOut(from: Place, effect: RingEffect): void {
    const later = (run: () => void, ms = 1): void => this.#at(this.now + ms, run);
    const answer = (event: RingEvent, ms = 2): void => later(() => this.event(from.id, event), ms);
    const at = (address: Address): Place | undefined => this.places.find(({ host }) => host === address.host);
    switch (effect.kind) {
      case "datagram": {
        const to = at(effect.to);
        if (to === undefined || this.lost(from.id, to.id, "datagram")) return;
        later(() => {
          if (to.up && !to.paused)
            this.event(to.id, {
              kind: "datagram",
              from: { host: from.host, port: PORT },
              message: effect.message,
            });
        });
        return;
      }
      case "push": {
        const to = at(effect.address);
        if (to === undefined || !to.up || this.lost(from.id, to.id, "push")) {
          answer({ kind: "pushed", push: effect.push, delivered: false });
          return;
        }
        for (const message of effect.messages)
          later(() => {
            if (to.up && !to.paused)
              this.event(to.id, {
                kind: "message",
                from: from.host,
                ...(from.own ? { by: from.id } : {}),
                message,
              });
          });
        answer({ kind: "pushed", push: effect.push, delivered: true });
        return;
      }
      case "link": {
        const to = at(effect.address);
        if (to?.up && !this.lost(from.id, to.id, "push"))
          answer({ kind: "link", to: effect.to, state: "up", own: to.own });
        else answer({ kind: "link", to: effect.to, state: "refused" });
        return;
      }
      case "knock": {
        const to = at(effect.address);
        const reached = to !== undefined && !this.lost(from.id, to.id, "push");
        if (!reached) answer({ kind: "knocked", to: effect.to, answer: "silent" }, effect.withinMs);
        else answer({ kind: "knocked", to: effect.to, answer: to.up ? "open" : "refused" });
        return;
      }
      default:
    }
  }
}

/** Ids in the order of their place in the circle. */
export function byPlace(ids: readonly string[]): string[] {
  return [...ids].sort((a, b) => shortId(a) - shortId(b));
}
