// The simulated world: hosts with a member each, on one virtual clock and one made-up network. It takes the next event,
// lets the machine it concerns take a step, and does what the machine wants done. Everything follows from the seed.

import { MemberRegistry, MemberTable } from "../member-table.ts";
import {
  ABILITY,
  type Address,
  type MachineOptions,
  type RingEffect,
  type RingEvent,
  type RingMachine,
  type SwimMessage,
} from "../protocol.ts";
import { CLIENT_ID, type Rumor } from "../rumor.ts";
import { emptyRingState, type RingState } from "../state.ts";
import { loadStateFile, readStateFile, writeStateFile } from "../state-file.ts";
import type { Action, DiskLeft } from "./action.ts";
import { Fingerprint } from "./fingerprint.ts";
import { type Behaviour, Host, type RunService } from "./host.ts";
import { addressOf, Network, randomMemberId, type Weather } from "./network.ts";
import { EventQueue } from "./queue.ts";
import { between, chance, type Random, seededRandom } from "./random.ts";
import { closeLink, dropLinksOf, knock, openLink, pushMessages, type TcpWorld } from "./tcp.ts";
import { Trouble } from "./trouble.ts";
import { anyChanges, leaderOf } from "./view.ts";

export const RING_PORT = 9638;

export type MachineFactory = (options: MachineOptions) => RingMachine;

/** Makes a machine of each behaviour there is in a run. */
export type MachineFactories = Readonly<Partial<Record<Behaviour, MachineFactory>>>;

export interface WorldOptions {
  readonly seed: number;
  readonly machines: MachineFactories;
  readonly hosts: readonly HostPlan[];
  readonly weather: Weather;
  /** More loss than this explains that members take each other for dead. */
  readonly heavyLoss: number;
  /** Clocks run faster or slower by up to this share. */
  readonly drift: number;
  /** Every member knows all others when it first starts. */
  readonly warm?: boolean;
}

export interface HostPlan {
  readonly behaviour: Behaviour;
  /** Hosts whose addresses it is given to join by. */
  readonly peers: readonly number[];
  readonly persistent?: boolean;
  /** When a start finds the disk of this host for the last time; at the end of time unless said otherwise. */
  readonly diskReadUntilMs?: number;
}

/** Who looks on. */
export interface Witness {
  /** Before it is done. */
  acted?(action: Action): void;
  /** A process started; its machine has seen nothing yet. */
  started?(host: Host): void;
  ended?(host: Host): void;
  stepped?(host: Host, event: RingEvent, effects: readonly RingEffect[]): void;
  /** A machine did what none may do. */
  misbehaved?(host: Host, what: string): void;
}

/** The Supervisor of ours writes its state this long after a change, an original one every 30 s (butterfly.md §10.8). */
const OWN_PERSIST_DELAY_MS = 1000;
const ORIGINAL_PERSIST_PERIOD_MS = 30_000;
const WRITE_MS = 5;
/** A Supervisor takes in what changed in the stores this much later. */
const CENSUS_MS = 100;
/** A leaving Supervisor stops its services after it has said so. */
const LEAVING_MS = 2000;
/** An original whose main thread panics ends, and its launcher starts it again (butterfly.md §5.3). */
const LAUNCHER_MS = 1000;
/** How long a name still stands for an old address. */
const RESOLVE_MS = 5000;
const ICMP_CHANCE = 0.8;
/** So many steps at one and the same moment are a machine that turns in circles. */
const STEPS_AT_ONCE = 20_000;
const CLOCK_START_RANGE_MS = 1e6;

class Datagram {
  readonly from: Host;
  readonly message: SwimMessage;

  constructor(from: Host, message: SwimMessage) {
    this.from = from;
    this.message = message;
  }
}

/** A datagram to the host, anything else to run, or (undefined) the host's timer. */
type Happening = Datagram | (() => void) | undefined;

const NO_HOST = -1;

export class World implements TcpWorld {
  readonly hosts: readonly Host[];
  readonly network: Network;
  readonly trouble: Trouble;
  readonly fingerprint = new Fingerprint();
  readonly witnesses: Witness[] = [];
  /** Member ids there ever were → their host. */
  readonly owners = new Map<string, Host>();
  /** Steps taken by all machines. */
  steps = 0;

  readonly #options: WorldOptions;
  readonly #queue = new EventQueue<Happening>();
  readonly #byAddress = new Map<string, Host>();
  readonly #endpoints: Address[];
  #moves = 0;
  readonly #random: Random;
  readonly #cuts = new Map<string, readonly number[]>();
  /** Shared by all states: what many members know of one is kept once. */
  readonly #registry = new MemberRegistry();
  /** What everybody knows at a warm start. */
  #everybody: MemberTable | undefined;
  #now = 0;
  #stormy = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed, 1);
    this.network = new Network(options.weather, seededRandom(options.seed, 2));
    this.trouble = new Trouble(options.hosts.length);
    this.hosts = options.hosts.map((plan, index) => {
      const host = new Host({
        index,
        id: randomMemberId(this.#random),
        address: addressOf(index),
        behaviour: plan.behaviour,
        persistent: plan.persistent === true,
        drift: 1 + between(this.#random, -options.drift, options.drift),
        clockOffset: between(this.#random, 0, CLOCK_START_RANGE_MS),
      });
      host.diskReadUntilMs = plan.diskReadUntilMs ?? Number.POSITIVE_INFINITY;
      this.owners.set(host.id, host);
      this.#byAddress.set(host.address, host);
      return host;
    });
    this.#endpoints = this.hosts.map(({ address }) => ({ host: address, port: RING_PORT }));
  }

  get now(): number {
    return this.#now;
  }

  /** Lets everything happen that is due until then. */
  run(untilMs: number): void {
    const queue = this.#queue;
    while (queue.nextAt <= untilMs && queue.pop()) {
      this.#now = queue.at;
      const { what } = queue;
      if (typeof what === "function") what();
      else {
        const host = this.hosts[queue.host];
        if (host === undefined) continue;
        if (what === undefined) this.#timerDue(host, queue.at);
        else this.#datagramArrives(host, what);
      }
    }
    this.#now = untilMs;
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.#now + delayMs, run);
  }

  at(timeMs: number, run: () => void): void {
    this.#queue.push(Math.max(this.#now, timeMs), NO_HOST, run);
  }

  hostAt(address: Address): Host | undefined {
    return address.port === RING_PORT ? this.#byAddress.get(address.host) : undefined;
  }

  deliver(host: Host, process: number, event: RingEvent): void {
    if (!host.running || host.process !== process) return;
    if (host.isIdle(this.#now)) this.#step(host, event);
    else if (host.keepUnread(event)) this.#drainLater(host);
  }

  perform(action: Action): void {
    for (const witness of this.witnesses) witness.acted?.(action);
    this.fingerprint.add(this.#now, NO_HOST, action.kind.length);
    this.#act(action);
  }

  #act(action: Action): void {
    switch (action.kind) {
      case "cut": {
        const from = new Set(action.from);
        const to = new Set(action.to);
        const only = action.only === undefined ? {} : { only: action.only };
        this.network.cut(action.name, { from, to, ...only });
        if (action.oneWay !== true) this.network.cut(`${action.name} back`, { from: to, to: from, ...only });
        const touched = [...new Set([...action.from, ...action.to])];
        this.#cuts.set(action.name, touched);
        for (const host of touched) this.trouble.begin(host);
        return;
      }
      case "heal":
        this.network.heal(action.name);
        this.network.heal(`${action.name} back`);
        for (const host of this.#cuts.get(action.name) ?? []) this.trouble.end(host, this.#now);
        this.#cuts.delete(action.name);
        return;
      case "weather": {
        this.network.weather = { ...this.network.weather, ...action.weather };
        const stormy = this.network.weather.loss > this.#options.heavyLoss;
        if (stormy && !this.#stormy) this.trouble.beginForAll();
        if (!stormy && this.#stormy) this.trouble.endForAll(this.#now);
        this.#stormy = stormy;
        return;
      }
      case "leader-loss": {
        const leader = this.#leaderOf(action.group);
        if (leader !== undefined) this.perform({ kind: "power-loss", host: leader.index });
        return;
      }
      default: {
        const host = this.hosts[action.host];
        if (host !== undefined) this.#actOn(host, action);
      }
    }
  }

  #actOn(host: Host, action: Exclude<Action, { kind: "cut" | "heal" | "weather" | "leader-loss" }>): void {
    switch (action.kind) {
      case "start":
        if (!host.running) this.#start(host, action.disk ?? "kept");
        return;
      case "kill":
        this.#end(host);
        return;
      case "power-loss":
        host.powered = false;
        this.#end(host, action.lieMs);
        return;
      case "leave":
        this.#leave(host);
        return;
      case "depart": {
        const victim = this.hosts[action.victim];
        if (victim === undefined) return;
        victim.left = true;
        this.trouble.begin(victim.index);
        this.#announce(host, { kind: "departure", fromId: CLIENT_ID, value: { memberId: victim.id } });
        return;
      }
      case "spoil":
        this.network.spoil(host.index, action.loss);
        if (action.loss > 0) this.trouble.begin(host.index);
        else this.trouble.end(host.index, this.#now);
        return;
      case "slow":
        host.slowMs = action.byMs;
        if (action.byMs > 0) this.trouble.begin(host.index);
        else this.trouble.end(host.index, this.#now);
        return;
      case "stall":
        host.stalledUntil = this.#now + action.forMs;
        this.trouble.begin(host.index);
        this.after(action.forMs, () => this.trouble.end(host.index, this.#now));
        return;
      case "suspend":
        this.#suspend(host, action.forMs, action.clockStops);
        return;
      case "move":
        this.#move(host);
        return;
      case "load": {
        const service = { group: action.group, leader: action.leader, suitability: action.suitability ?? 0n };
        host.services.set(action.group, service);
        this.#announceService(host, service);
        return;
      }
      case "unload":
        host.services.delete(action.group);
        this.deliver(host, host.process, { kind: "withdraw", serviceGroup: action.group });
        return;
      case "configure":
        this.#announce(host, {
          kind: "service-config",
          fromId: CLIENT_ID,
          value: {
            serviceGroup: action.group,
            incarnation: action.version,
            encrypted: false,
            config: Buffer.from(action.text),
            fromId: CLIENT_ID,
          },
        });
        return;
      case "upload":
        this.#announce(host, {
          kind: "service-file",
          fromId: CLIENT_ID,
          value: {
            serviceGroup: action.group,
            incarnation: action.version,
            encrypted: false,
            filename: action.filename,
            body: Buffer.from(action.text),
            fromId: CLIENT_ID,
          },
        });
        return;
      case "re-elect":
        this.deliver(host, host.process, { kind: "re-elect", serviceGroup: action.group });
    }
  }

  #suspend(host: Host, forMs: number, clockStops: boolean): void {
    const everyone = new Set(this.hosts.map(({ index }) => index));
    const name = `sleep of ${host.name}`;
    this.network.cut(name, { from: new Set([host.index]), to: everyone });
    this.network.cut(`${name} back`, { from: everyone, to: new Set([host.index]) });
    host.stalledUntil = this.#now + forMs;
    this.trouble.begin(host.index);
    this.after(forMs, () => {
      this.network.heal(name);
      this.network.heal(`${name} back`);
      if (clockStops) host.holdClock(forMs);
      this.trouble.end(host.index, this.#now);
    });
  }

  /** Members of ours that join by its name find the new address; the others know what it tells them, or what they get at a start. */
  #move(host: Host): void {
    if (host.running) return;
    this.#byAddress.delete(host.address);
    this.#moves++;
    host.address = addressOf(this.hosts.length + this.#moves);
    this.#byAddress.set(host.address, host);
    this.#endpoints[host.index] = { host: host.address, port: RING_PORT };
    for (const other of this.hosts) {
      if (other.behaviour !== "own" || this.#options.hosts[other.index]?.peers.includes(host.index) !== true)
        continue;
      const { process } = other;
      this.after(RESOLVE_MS, () =>
        this.deliver(other, process, { kind: "peers", peers: this.#peersOf(other) }),
      );
    }
  }

  #peersOf(host: Host): Address[] {
    return (this.#options.hosts[host.index]?.peers ?? []).flatMap((peer) => this.#endpoints[peer] ?? []);
  }

  /** As if it had been in the ring before: straight into the table, for nothing of it is news. */
  #introduceAll(state: RingState, now: number): void {
    this.#everybody ??= this.#tableOfAll();
    state.members.copyFrom(this.#everybody, now);
    // Who knew itself from before would tell all that it is back.
    state.members.delete(state.self);
  }

  #tableOfAll(): MemberTable {
    const table = new MemberTable(this.#registry);
    for (const { id, address, persistent } of this.hosts)
      table.set(id, {
        member: {
          id,
          incarnation: 0n,
          address,
          swimPort: RING_PORT,
          gossipPort: RING_PORT,
          persistent,
          departed: false,
          probePing: false,
          abilities: ABILITY.own,
        },
        health: "alive",
        since: 0,
      });
    return table;
  }

  /** Whom the first host that knows a running leader takes for it. */
  #leaderOf(group: string): Host | undefined {
    for (const { machine } of this.hosts) {
      const leader = machine === undefined ? undefined : leaderOf(machine.state, group);
      const owner = leader === undefined ? undefined : this.owners.get(leader);
      if (owner?.running === true && owner.id === leader) return owner;
    }
    return undefined;
  }

  #start(host: Host, disk: DiskLeft): void {
    const factory = this.#options.machines[host.behaviour];
    if (factory === undefined) throw new Error(`no machine for a member that is ${host.behaviour}`);
    if (!host.powered) host.restartClock(between(this.#random, 0, CLOCK_START_RANGE_MS) - this.#now);
    if (disk === "nothing") {
      host.disk.erase();
      host.id = randomMemberId(this.#random);
      this.owners.set(host.id, host);
    } else if (disk === "id-only") host.disk.erase();
    host.powered = true;
    host.left = false;
    if (host.process > 0) this.trouble.end(host.index, this.#now);
    host.process++;
    const local = host.localTime(this.#now);
    const state = emptyRingState(host.id, host.disk.incarnation, this.#registry);
    const suitability = (group: string): bigint => host.services.get(group)?.suitability ?? 0n;
    if (host.disk.state !== undefined)
      loadStateFile(state, readStateFile(host.disk.state), { now: local, suitability });
    if (this.#options.warm === true && host.process === 1) this.#introduceAll(state, local);
    host.machine = factory({
      state,
      self: { address: "", swimPort: RING_PORT, gossipPort: RING_PORT, persistent: host.persistent },
      random: seededRandom(this.#options.seed, 1000 + host.index * 1000 + host.process),
    });
    host.wakeAt = host.machine.wakeAt();
    host.servicesSeen = -1;
    host.writtenChanges = anyChanges(state);
    for (const witness of this.witnesses) witness.started?.(host);
    this.deliver(host, host.process, { kind: "start", peers: this.#peersOf(host) });
    if (host.behaviour === "original" && this.#now < host.diskReadUntilMs)
      this.#persistPeriodically(host, host.process);
    for (const service of host.services.values()) this.#announceService(host, service);
  }

  /** The process ends at once, whatever it was about. */
  #end(host: Host, lieMs?: number): void {
    if (!host.running) {
      host.disk.crash(this.#now, lieMs);
      return;
    }
    host.machine = undefined;
    host.endedAt = this.#now;
    host.disk.crash(this.#now, lieMs);
    host.forgetUnread();
    this.trouble.begin(host.index);
    dropLinksOf(this, host);
    for (const witness of this.witnesses) witness.ended?.(host);
  }

  #leave(host: Host): void {
    if (!host.running) return;
    host.left = true;
    const { process } = host;
    this.deliver(host, process, { kind: "leave" });
    this.after(LEAVING_MS, () => {
      if (host.process !== process || host.machine === undefined) return;
      if (this.#now < host.diskReadUntilMs)
        host.disk.writeState(writeStateFile(host.machine.state), this.#now);
      this.#end(host);
    });
  }

  #announce(host: Host, rumor: Rumor): void {
    this.deliver(host, host.process, { kind: "announce", rumor });
  }

  /** As a Supervisor does when a service starts (butterfly.md §12.5, §13.1). */
  #announceService(host: Host, { group, leader, suitability }: RunService): void {
    if (host.machine === undefined) return;
    const before = host.machine.state.services.get(group)?.get(host.id);
    this.#announce(host, {
      kind: "service",
      fromId: host.id,
      value: {
        memberId: host.id,
        serviceGroup: group,
        incarnation: (before?.incarnation ?? 0n) + 1n,
        initialized: false,
        pkg: `core/${group.split(".")[0]}/1.0.0/20260101000000`,
        cfg: new Uint8Array(),
        sys: {
          ip: host.address,
          hostname: host.name,
          gossipIp: "0.0.0.0",
          gossipPort: RING_PORT,
          httpGatewayIp: "0.0.0.0",
          httpGatewayPort: 9631,
          ctlGatewayIp: "127.0.0.1",
          ctlGatewayPort: 9632,
        },
        pkgIncarnation: before?.pkgIncarnation ?? 0n,
      },
    });
    if (leader)
      this.deliver(host, host.process, {
        kind: "elect",
        election: "election",
        serviceGroup: group,
        suitability,
      });
  }

  #timerDue(host: Host, at: number): void {
    if (at !== host.timerAt) return; // an earlier one came between, or the process has ended
    host.timerAt = Number.POSITIVE_INFINITY;
    if (host.machine === undefined) return;
    if (host.virtualTime(host.wakeAt) > this.#now + CLOCK_GRAIN_MS) {
      this.#setTimer(host);
      return;
    }
    host.timerWaits = true;
    this.deliver(host, host.process, { kind: "timer", lateMs: 0 });
  }

  #setTimer(host: Host): void {
    if (host.machine === undefined || host.timerWaits) return;
    const { wakeAt } = host;
    if (wakeAt === Number.POSITIVE_INFINITY) return;
    const at = Math.max(this.#now, host.virtualTime(wakeAt));
    if (at >= host.timerAt) return;
    host.timerAt = at;
    this.#queue.push(at, host.index, undefined);
  }

  #datagramArrives(host: Host, { from, message }: Datagram): void {
    if (host.running) {
      const address = this.#endpoints[from.index];
      if (address !== undefined)
        this.deliver(host, host.process, { kind: "datagram", from: address, message });
      return;
    }
    const address = this.#endpoints[host.index];
    if (!host.powered || address === undefined || !chance(this.#random, ICMP_CHANCE)) return;
    if (!this.network.passes(host.index, from.index, "udp") || this.network.loses(host.index, from.index))
      return;
    const { process } = from;
    this.after(this.network.delayMs(), () => this.deliver(from, process, { kind: "unreachable", address }));
  }

  /** One event of what the host could not look at when it came. */
  #drainLater(host: Host): void {
    if (host.draining) return;
    host.draining = true;
    const { process } = host;
    const cost = host.slowMs === 0 ? 0 : between(this.#random, 0, 2 * host.slowMs);
    const at = Math.max(this.#now, host.stalledUntil, host.busyUntil) + cost;
    host.busyUntil = at;
    this.at(at, () => {
      host.draining = false;
      if (host.process !== process || !host.running) {
        if (host.unread > 0) this.#drainLater(host);
        return;
      }
      if (host.stalledUntil <= this.#now) {
        const event = host.takeUnread();
        if (event !== undefined) this.#step(host, event);
      }
      if (host.unread > 0) this.#drainLater(host);
    });
  }

  #step(host: Host, event: RingEvent): void {
    const { machine } = host;
    if (machine === undefined) return;
    let local = host.localTime(this.#now);
    let taken = event;
    if (event.kind === "timer") {
      const { wakeAt } = host;
      // What became of it while it waited: the machine may want to be woken later by now.
      host.timerWaits = false;
      if (wakeAt > local + CLOCK_GRAIN_MS) {
        this.#setTimer(host);
        return;
      }
      local = Math.max(local, wakeAt);
      taken = { kind: "timer", lateMs: local - wakeAt };
    }
    if (host.lastStepAt === this.#now) host.stepsAtOnce++;
    else host.stepsAtOnce = 0;
    host.lastStepAt = this.#now;
    if (host.stepsAtOnce > STEPS_AT_ONCE) {
      this.#misbehaves(host, `takes more than ${STEPS_AT_ONCE} steps at one moment (${event.kind})`);
      return;
    }
    let effects: readonly RingEffect[];
    try {
      effects = machine.step(taken, local);
    } catch (error) {
      this.#misbehaves(
        host,
        `threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      return;
    }
    this.steps++;
    this.fingerprint.addStep(this.#now, host.index, taken, effects.length);
    for (const witness of this.witnesses) witness.stepped?.(host, taken, effects);
    for (const effect of effects) {
      this.#carryOut(host, effect);
      if (host.machine !== machine) return;
    }
    host.wakeAt = machine.wakeAt();
    this.#setTimer(host);
    if (host.behaviour === "own" && machine.state.counters.services !== host.servicesSeen)
      this.#lookThroughServices(host, machine.state);
    if (
      this.#now < host.diskReadUntilMs &&
      host.behaviour === "own" &&
      !host.writePlanned &&
      anyChanges(machine.state) !== host.writtenChanges
    )
      this.#persistSoon(host, host.process);
  }

  #carryOut(host: Host, effect: RingEffect): void {
    switch (effect.kind) {
      case "datagram":
        this.#send(host, effect.to, effect.message);
        return;
      case "push":
        pushMessages(this, host, effect);
        return;
      case "link":
        openLink(this, host, effect.to, effect.address);
        return;
      case "unlink":
        closeLink(this, host, effect.to);
        return;
      case "knock":
        knock(this, host, effect);
        return;
      case "incarnation":
        if (this.#now < host.diskReadUntilMs)
          host.disk.writeIncarnation(effect.incarnation, this.#now + WRITE_MS);
        return;
      case "departed":
        this.#leave(host);
        return;
      case "note":
        if (
          effect.note.kind === "refused" &&
          effect.note.what === "crash" &&
          effect.note.why.startsWith("main:")
        )
          this.#crash(host);
    }
  }

  /** Ends, and is back from its state file a moment later. */
  #crash(host: Host): void {
    const { process } = host;
    this.#end(host);
    this.after(LAUNCHER_MS, () => {
      if (host.process === process && host.powered && !host.left)
        this.perform({ kind: "start", host: host.index, disk: "kept" });
    });
  }

  #send(host: Host, to: Address, message: SwimMessage): void {
    const far = this.hostAt(to);
    if (far === undefined || !this.network.passes(host.index, far.index, "udp")) return;
    const copies = this.network.isDoubled() ? 2 : 1;
    for (let copy = 0; copy < copies; copy++)
      if (!this.network.loses(host.index, far.index))
        this.#queue.push(this.#now + this.network.delayMs(), far.index, new Datagram(host, message));
  }

  /** As a Supervisor of ours does: what others remember of a service that does not run here is withdrawn. */
  #lookThroughServices(host: Host, state: RingState): void {
    host.servicesSeen = state.counters.services;
    const { process } = host;
    for (const [group, members] of state.services) {
      const service = members.get(host.id);
      if (service === undefined || service.stopped === true || host.services.has(group)) continue;
      this.after(CENSUS_MS, () => {
        if (!host.services.has(group)) this.deliver(host, process, { kind: "withdraw", serviceGroup: group });
      });
    }
  }

  #persistSoon(host: Host, process: number): void {
    host.writePlanned = true;
    this.after(OWN_PERSIST_DELAY_MS, () => {
      host.writePlanned = false;
      this.#persist(host, process);
    });
  }

  #persistPeriodically(host: Host, process: number): void {
    if (!this.#persist(host, process)) return;
    this.after(ORIGINAL_PERSIST_PERIOD_MS, () => this.#persistPeriodically(host, process));
  }

  /** False when that process is no more. */
  #persist(host: Host, process: number): boolean {
    if (host.process !== process || host.machine === undefined) return false;
    host.writtenChanges = anyChanges(host.machine.state);
    host.disk.writeState(writeStateFile(host.machine.state), this.#now + WRITE_MS);
    return true;
  }

  #misbehaves(host: Host, what: string): void {
    for (const witness of this.witnesses) witness.misbehaved?.(host, what);
    this.#end(host);
  }
}

/** Clocks are compared no finer than this: times pass through a multiplication on their way. */
const CLOCK_GRAIN_MS = 1e-4;
