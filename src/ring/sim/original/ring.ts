// A small ring of original members for the tests beside it: a network of 1 ms on a virtual clock, in which members can be
// frozen, killed and cut off from each other.
import type { Health } from "../../member.ts";
import type { Address, RingEffect, RingEvent, RingMachine, RingNote } from "../../protocol.ts";
import type { ServiceRumor } from "../../rumor.ts";
import { emptyRingState, type RingState } from "../../state.ts";
import { createOriginalMember } from "./index.ts";

const LATENCY_MS = 1;
const PORT = 9638;

interface Node {
  readonly machine: RingMachine;
  state: "up" | "frozen" | "dead";
  /** When a timer event is under way; Infinity for none. */
  timerAt: number;
  /** What came while frozen. */
  readonly missed: RingEvent[];
}

export interface Told {
  readonly at: number;
  readonly by: string;
  readonly note: RingNote;
}

export interface NewMember {
  readonly peers?: readonly string[];
  readonly persistent?: boolean;
  /** What it remembers. */
  readonly state?: RingState;
}

/** A ring on a virtual clock. Member names are their ids. */
export class OriginalRing {
  now = 0;
  readonly notes: Told[] = [];
  /** Datagrams and pushed messages so far. */
  readonly traffic = { datagrams: 0, messages: 0 };
  private readonly nodes = new Map<string, Node>();
  private readonly hosts = new Map<string, string>();
  private readonly blocked = new Set<string>();
  private readonly agenda = new Agenda();
  private readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  add(name: string, { peers = [], persistent = false, state = emptyRingState(name) }: NewMember = {}): void {
    if (!this.hosts.has(name)) this.hosts.set(name, `10.0.${this.hosts.size >> 8}.${this.hosts.size & 255}`);
    const self = { address: "", swimPort: PORT, gossipPort: PORT, persistent };
    const machine = createOriginalMember({ state, self, random: this.random });
    this.nodes.set(name, { machine, state: "up", timerAt: Infinity, missed: [] });
    this.tell(name, { kind: "start", peers: peers.map((peer) => this.addressOf(peer)) });
  }

  /** An event from outside the ring. */
  tell(name: string, event: RingEvent): void {
    const node = this.node(name);
    if (node.state === "dead") return;
    if (node.state === "frozen") {
      if (event.kind !== "timer") node.missed.push(event);
      return;
    }
    for (const effect of node.machine.step(event, this.now)) this.carryOut(name, effect);
    this.setTimer(name);
  }

  kill(name: string): void {
    this.node(name).state = "dead";
  }

  freeze(name: string): void {
    this.node(name).state = "frozen";
  }

  /** A frozen member goes on: what came meanwhile first, as the kernel kept it. */
  release(name: string): void {
    const node = this.node(name);
    node.state = "up";
    for (const event of node.missed.splice(0)) this.tell(name, event);
    this.setTimer(name);
  }

  block(a: string, b: string): void {
    this.blocked.add(`${a} ${b}`).add(`${b} ${a}`);
  }

  unblock(): void {
    this.blocked.clear();
  }

  /** Cuts every connection between the two groups. */
  partition(some: readonly string[], others: readonly string[]): void {
    for (const a of some) for (const b of others) this.block(a, b);
  }

  runFor(ms: number): void {
    const end = this.now + ms;
    for (let next = this.agenda.takeUntil(end); next !== undefined; next = this.agenda.takeUntil(end)) {
      this.now = next.at;
      next.action();
    }
    this.now = end;
  }

  /** Runs until it holds; looked at every 100 ms. Returns how long it took. */
  runUntil(holds: () => boolean, limitMs: number): number {
    const began = this.now;
    while (!holds()) {
      if (this.now - began >= limitMs) throw new Error(`still not so after ${limitMs} ms`);
      this.runFor(100);
    }
    return this.now - began;
  }

  state(name: string): RingState {
    return this.node(name).machine.state;
  }

  /** What `at` believes of `of`. */
  health(at: string, of: string): Health | undefined {
    return this.state(at).members.get(of)?.health;
  }

  /** Whether every one of the first believes this of every one of the second, themselves aside. */
  believe(at: readonly string[], of: readonly string[], health: Health): boolean {
    return at.every((a) => of.every((b) => a === b || this.health(a, b) === health));
  }

  addressOf(name: string): Address {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no member ${name}`);
    return { host, port: PORT };
  }

  private node(name: string): Node {
    const node = this.nodes.get(name);
    if (node === undefined) throw new Error(`no member ${name}`);
    return node;
  }

  private carryOut(name: string, effect: RingEffect): void {
    switch (effect.kind) {
      case "datagram":
        this.sendDatagram(name, effect);
        return;
      case "push":
        this.push(name, effect);
        return;
      case "departed":
        this.kill(name);
        return;
      case "note":
        this.notes.push({ at: this.now, by: name, note: effect.note });
    }
  }

  private sendDatagram(name: string, { to, message }: Extract<RingEffect, { kind: "datagram" }>): void {
    const target = this.nameAt(to.host);
    this.traffic.datagrams++;
    if (target === undefined || this.blocked.has(`${name} ${target}`)) return;
    const from = this.addressOf(name);
    this.later(LATENCY_MS, () => this.tell(target, { kind: "datagram", from, message }));
  }

  private push(name: string, { push, address, messages }: Extract<RingEffect, { kind: "push" }>): void {
    const target = this.nameAt(address.host);
    const delivered =
      target !== undefined && this.node(target).state === "up" && !this.blocked.has(`${name} ${target}`);
    const from = this.addressOf(name).host;
    if (delivered) {
      this.traffic.messages += messages.length;
      for (const message of messages)
        this.later(LATENCY_MS, () => this.tell(target, { kind: "message", from, message }));
    }
    const pushed = { kind: "pushed", push, delivered } as const;
    const sender = this.node(name);
    this.later(2 * LATENCY_MS, () => {
      if (this.nodes.get(name) === sender) this.tell(name, pushed);
    });
  }

  private nameAt(host: string): string | undefined {
    for (const [name, at] of this.hosts) if (at === host && this.nodes.has(name)) return name;
    return undefined;
  }

  private setTimer(name: string): void {
    const node = this.node(name);
    const wakeAt = node.machine.wakeAt();
    if (node.state !== "up" || (node.timerAt > this.now && node.timerAt <= wakeAt)) return;
    if (wakeAt === Infinity) return;
    const at = Math.max(wakeAt, this.now);
    node.timerAt = at;
    this.later(at - this.now, () => {
      if (this.nodes.get(name) !== node || node.timerAt !== at) return;
      node.timerAt = Infinity;
      this.tell(name, { kind: "timer", lateMs: this.now - wakeAt });
    });
  }

  private later(ms: number, action: () => void): void {
    this.agenda.add(this.now + ms, action);
  }
}

/** A service of a member, as it announces it. */
export function serviceOf(memberId: string, serviceGroup: string, incarnation = 1n): ServiceRumor {
  return {
    memberId,
    serviceGroup,
    incarnation,
    initialized: false,
    pkg: "acme/cache/1.0.0/20260101000000",
    cfg: new Uint8Array(),
    sys: {
      ip: "127.0.0.1",
      hostname: memberId,
      gossipIp: "0.0.0.0",
      gossipPort: PORT,
      httpGatewayIp: "0.0.0.0",
      httpGatewayPort: 9631,
      ctlGatewayIp: "127.0.0.1",
      ctlGatewayPort: 9632,
    },
    pkgIncarnation: 0n,
  };
}

/** Numbers from 0 up to 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly action: () => void;
}

/** What is to happen when: a binary heap by time, then by the order in which it was added. */
class Agenda {
  private readonly heap: Entry[] = [];
  private added = 0;

  add(at: number, action: () => void): void {
    const { heap } = this;
    const entry = { at, order: this.added++, action };
    let hole = heap.length;
    heap.push(entry);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = heap[parent] as Entry;
      if (isBefore(above, entry)) break;
      heap[hole] = above;
      hole = parent;
    }
    heap[hole] = entry;
  }

  /** The next entry up to this time. */
  takeUntil(time: number): Entry | undefined {
    const { heap } = this;
    const first = heap[0];
    if (first === undefined || first.at > time) return undefined;
    const last = heap.pop() as Entry;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(entry: Entry): void {
    const { heap } = this;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right !== undefined && isBefore(right, heap[child] as Entry)) child++;
      const below = heap[child] as Entry;
      if (isBefore(entry, below)) break;
      heap[hole] = below;
      hole = child;
    }
    heap[hole] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
