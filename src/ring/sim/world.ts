// The simulated world: hosts with a member each, on one virtual clock and one made-up network. It takes the next event,
// lets the machine it concerns take a step, and does what the machine wants done. Everything follows from the seed.

import { MemberRegistry } from "../member-table.ts";
import type { MachineOptions, RingEffect, RingEvent, RingMachine } from "../protocol.ts";
import type { Action } from "./action.ts";
import { Addresses, addressOf } from "./addresses.ts";
import { carryOut } from "./carry-out.ts";
import { Faults } from "./faults.ts";
import { Fingerprint } from "./fingerprint.ts";
import { type Behaviour, Host } from "./host.ts";
import { CLOCK_START_RANGE_MS, crash, endProcess, leave } from "./life.ts";
import { Network, randomMemberId, type Weather } from "./network.ts";
import { EventQueue } from "./queue.ts";
import { between, type Random, seededRandom } from "./random.ts";
import { keepIncarnation, supervisorLooks } from "./supervisor.ts";
import { closeLink, knock, openLink, pushMessages, type TcpWorld } from "./tcp.ts";
import { Trouble } from "./trouble.ts";
import { type Datagram, datagramArrives, sendDatagram, type UdpWorld } from "./udp.ts";
import { WarmStart } from "./warm-start.ts";
import type { Witness } from "./witness.ts";

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

/** So many steps at one and the same moment are a machine that turns in circles. */
const STEPS_AT_ONCE = 20_000;
/** …and so are so many within a second: what a member does leads back to it. */
const STEPS_A_SECOND = 200_000;
/** Clocks are compared no finer than this: times pass through a multiplication on their way. */
const CLOCK_GRAIN_MS = 1e-4;

/** A datagram to the host, anything else to run, or (undefined) the host's timer. */
type Happening = Datagram | (() => void) | undefined;

const NO_HOST = -1;

export class World implements TcpWorld, UdpWorld {
  readonly options: WorldOptions;
  readonly random: Random;
  readonly hosts: readonly Host[];
  readonly addresses: Addresses;
  readonly network: Network;
  readonly faults: Faults;
  readonly trouble: Trouble;
  readonly fingerprint = new Fingerprint();
  readonly witnesses: Witness[] = [];
  /** Shared by all states: what many members know of one is kept once. */
  readonly registry = new MemberRegistry();
  readonly warmStart: WarmStart | undefined;
  /** Member ids there ever were → their host. */
  readonly owners = new Map<string, Host>();
  /** Steps taken by all machines. */
  steps = 0;

  readonly #queue = new EventQueue<Happening>();
  #now = 0;

  constructor(options: WorldOptions) {
    this.options = options;
    this.random = seededRandom(options.seed, 1);
    this.network = new Network(options.weather, seededRandom(options.seed, 2));
    this.faults = new Faults(this, options.heavyLoss);
    this.trouble = new Trouble(options.hosts.length);
    this.hosts = options.hosts.map(
      (plan, index) =>
        new Host({
          index,
          id: randomMemberId(this.random),
          address: addressOf(index),
          behaviour: plan.behaviour,
          peers: plan.peers,
          persistent: plan.persistent === true,
          diskReadUntilMs: plan.diskReadUntilMs ?? Number.POSITIVE_INFINITY,
          drift: 1 + between(this.random, -options.drift, options.drift),
          clockOffset: between(this.random, 0, CLOCK_START_RANGE_MS),
        }),
    );
    for (const host of this.hosts) this.owners.set(host.id, host);
    this.addresses = new Addresses(this.hosts);
    this.warmStart = options.warm === true ? new WarmStart(this.hosts, this.registry) : undefined;
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
        else datagramArrives(this, host, what);
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

  carry(arrivesAt: number, host: Host, datagram: Datagram): void {
    this.#queue.push(arrivesAt, host.index, datagram);
  }

  deliver(host: Host, process: number, event: RingEvent): void {
    if (!host.running || host.process !== process) return;
    if (host.isIdle(this.#now)) this.#step(host, event);
    else if (host.keepUnread(event)) this.#drainLater(host);
  }

  perform(action: Action): void {
    for (const witness of this.witnesses) witness.acted?.(action);
    this.fingerprint.add(this.#now, NO_HOST, action.kind.length);
    carryOut(this, action);
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

  /** One event of what the host could not look at when it came. */
  #drainLater(host: Host): void {
    if (host.draining) return;
    host.draining = true;
    const { process } = host;
    const cost = host.slowMs === 0 ? 0 : between(this.random, 0, 2 * host.slowMs);
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
    if (host.stepsIn(this.#now) > STEPS_A_SECOND) {
      this.#misbehaves(host, `takes more than ${STEPS_A_SECOND} steps within a second (${event.kind})`);
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
      this.#fulfil(host, effect);
      if (host.machine !== machine) return;
    }
    host.wakeAt = machine.wakeAt();
    this.#setTimer(host);
    supervisorLooks(this, host, machine.state);
  }

  /** What the host's machine wants done. */
  #fulfil(host: Host, effect: RingEffect): void {
    switch (effect.kind) {
      case "datagram":
        sendDatagram(this, host, effect.to, effect.message);
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
        keepIncarnation(this, host, effect.incarnation);
        return;
      case "departed":
        leave(this, host);
        return;
      case "note":
        if (
          effect.note.kind === "refused" &&
          effect.note.what === "crash" &&
          effect.note.why.startsWith("main:")
        )
          crash(this, host);
    }
  }

  #misbehaves(host: Host, what: string): void {
    for (const witness of this.witnesses) witness.misbehaved?.(host, what);
    endProcess(this, host);
  }
}
