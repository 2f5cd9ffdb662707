// For tests: a few machines, ours and originals, on a network that loses nothing unless told to.
import type { Address, RingEffect, RingEvent, RingMachine } from "../../protocol.ts";
import { createOriginalMember } from "../../sim/original/index.ts";
import { emptyRingState } from "../../state.ts";
import { type Core, newCore } from "../core.ts";
import { memberOf } from "../machine.ts";
import { hostOf, PORT, serviceOf, steadyRandom } from "./records.ts";

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
