// What a run measures: how fast news spreads and the dead are noticed, what it costs, and how often somebody is suspected in
// vain. Times are virtual milliseconds.
import type { RingEffect, RingEvent } from "../protocol.ts";
import type { RingState } from "../state.ts";
import type { Action } from "./action.ts";
import type { Host } from "./host.ts";
import type { Sizes } from "./sizes.ts";
import { SMALL_RING, type Transition } from "./transitions.ts";
import {
  configVersion,
  electionChanges,
  fileVersion,
  healthOf,
  leaderOf,
  memberChanges,
  membersAlive,
  membersKnown,
  rumorChanges,
} from "./view.ts";
import type { Witness } from "./witness.ts";
import type { World } from "./world.ts";

/** How long after its announcement a rumor had reached half of the members and all of them; absent: never did. */
export interface Spread {
  readonly what: string;
  readonly atMs: number;
  readonly halfMs?: number;
  readonly lastMs?: number;
  readonly reached: number;
  readonly of: number;
}

/** How long after a member's end others noticed. */
export interface Detection {
  readonly member: string;
  readonly atMs: number;
  readonly suspectMs?: number;
  readonly confirmedMs?: number;
  readonly confirmedByAllMs?: number;
}

export interface LeaderChange {
  readonly group: string;
  readonly atMs: number;
  /** Until the first knew another leader, and until all did. */
  readonly firstMs?: number;
  readonly allMs?: number;
}

export interface Measures {
  /** Since the beginning, until every member that was started saw all others. */
  readonly allSeeAllMs?: number;
  /** The same, until everyone knew the same leader of a group. */
  readonly firstLeaderMs?: number;
  readonly spreads: readonly Spread[];
  readonly detections: readonly Detection[];
  readonly leaderChanges: readonly LeaderChange[];
  /** Suspicions (one for each who suspects) of members that run and that no fault touches, nor who suspects. */
  readonly falseSuspicions: number;
  readonly falseConfirmations: number;
  /** The same whoever suspects, and on however bad a network: of members that have no fault of their own. */
  readonly suspicionsOfHealthy: number;
  readonly confirmationsOfHealthy: number;
  readonly datagrams: number;
  readonly messages: number;
  readonly datagramsPerMemberSecond: number;
  readonly messagesPerMemberSecond: number;
  /** Of datagrams and messages as they are encoded, without headers; absent where nobody said how long they are. */
  readonly bytesPerMemberSecond?: number;
}

interface Tracked {
  readonly what: string;
  readonly atMs: number;
  readonly has: (host: Host) => boolean;
  readonly reachedBy: Set<Host>;
  halfMs?: number;
  lastMs?: number;
}

interface OpenDetection {
  readonly memberId: string;
  readonly member: string;
  readonly atMs: number;
  suspectMs?: number;
  confirmedMs?: number;
  confirmedByAllMs?: number;
  readonly confirmedBy: Set<Host>;
}

interface OpenLeaderChange {
  readonly group: string;
  readonly atMs: number;
  readonly before: string;
  firstMs?: number;
  allMs?: number;
}

interface Seen {
  members: number;
  rumors: number;
  elections: number;
}

/** Whether a member takes all that run for alive. Where nobody ever ended, counting is enough. */
function seesAll(state: RingState, running: Iterable<Host>, everWere: number, run: number): boolean {
  const seen = membersAlive(state);
  if (run === everWere && seen >= run - 1) return seen === run || healthOf(state, state.self) === undefined;
  for (const other of running)
    if (other.id !== state.self && healthOf(state, other.id) !== "alive") return false;
  return true;
}

/** In a large ring all views are compared only this often. */
const COMPARE_EVERY_MS = 250;

export class Measuring implements Witness {
  readonly #world: World;
  readonly #sizes: Sizes | undefined;
  readonly #explainMs: number;
  readonly #starting: number;
  readonly #seen = new Map<Host, Seen>();
  readonly #spreads: Tracked[] = [];
  readonly #detections: OpenDetection[] = [];
  readonly #leaderChanges: OpenLeaderChange[] = [];
  readonly #complete = new Set<Host>();
  readonly #lastCompared = new Map<Host, number>();
  readonly #groups = new Set<string>();
  readonly #runningSince = new Map<Host, number>();
  #runningMs = 0;
  #allSeeAllMs: number | undefined;
  #firstLeaderMs: number | undefined;
  #falseSuspicions = 0;
  #falseConfirmations = 0;
  #suspicionsOfHealthy = 0;
  #confirmationsOfHealthy = 0;
  #datagrams = 0;
  #messages = 0;
  #bytes = 0;

  /** `starting`: how many hosts are started at the beginning. */
  constructor(options: {
    readonly world: World;
    readonly sizes: Sizes | undefined;
    readonly explainMs: number;
    readonly starting: number;
  }) {
    this.#world = options.world;
    this.#sizes = options.sizes;
    this.#explainMs = options.explainMs;
    this.#starting = options.starting;
  }

  acted(action: Action): void {
    if (action.kind === "load" && action.leader) this.#groups.add(action.group);
    if (action.kind === "configure") {
      const wanted = `${action.version}:${action.text}`;
      this.#track(`configuration ${action.version} of ${action.group}`, ({ machine }) =>
        machine === undefined ? false : configVersion(machine.state, action.group) === wanted,
      );
    }
    if (action.kind === "upload") {
      const wanted = `${action.version}:${action.text}`;
      this.#track(`file ${action.filename} ${action.version} of ${action.group}`, ({ machine }) =>
        machine === undefined ? false : fileVersion(machine.state, action.group, action.filename) === wanted,
      );
    }
    if (action.kind === "kill" || action.kind === "power-loss") this.#expectDetection(action.host);
  }

  started(host: Host): void {
    this.#seen.set(host, { members: -1, rumors: -1, elections: -1 });
    this.#runningSince.set(host, this.#world.now);
    this.#complete.clear();
    for (const [group, { leader }] of host.services) if (leader) this.#groups.add(group);
  }

  ended(host: Host): void {
    this.#runningMs += this.#world.now - (this.#runningSince.get(host) ?? this.#world.now);
    this.#runningSince.delete(host);
  }

  stepped(host: Host, _event: RingEvent, effects: readonly RingEffect[]): void {
    for (const effect of effects) this.#count(effect);
    const seen = this.#seen.get(host);
    if (seen === undefined || host.machine === undefined) return;
    const { state } = host.machine;
    const rumors = rumorChanges(state);
    if (rumors !== seen.rumors) {
      seen.rumors = rumors;
      for (const tracked of this.#spreads) if (tracked.lastMs === undefined) this.#look(tracked, host);
    }
    const members = memberChanges(state);
    if (members !== seen.members) {
      seen.members = members;
      if (this.#allSeeAllMs === undefined) this.#lookWhetherComplete(host);
      for (const detection of this.#detections)
        if (detection.confirmedByAllMs === undefined) this.#lookWhetherNoticed(detection, host);
    }
    const elections = electionChanges(state);
    if (elections !== seen.elections) {
      seen.elections = elections;
      this.#lookForLeaders(host);
    }
  }

  /** To be told of every change of belief. */
  believed({ by, member, to }: Transition): void {
    const since = this.#world.now - this.#explainMs;
    const owner = this.#world.owners.get(member);
    if (owner === undefined || owner.id !== member || !owner.running || owner.left) return;
    const { trouble } = this.#world;
    if (trouble.touchesAlone(owner.index, since)) return;
    if (to === "suspect") this.#suspicionsOfHealthy++;
    if (to === "confirmed") this.#confirmationsOfHealthy++;
    if (trouble.touches(owner.index, since) || trouble.touches(by.index, since)) return;
    if (to === "suspect") this.#falseSuspicions++;
    if (to === "confirmed") this.#falseConfirmations++;
  }

  result(): Measures {
    const seconds =
      [...this.#runningSince.values()].reduce(
        (sum, since) => sum + this.#world.now - since,
        this.#runningMs,
      ) / 1000;
    const rate = (count: number): number => (seconds === 0 ? 0 : count / seconds);
    return {
      ...(this.#allSeeAllMs !== undefined && { allSeeAllMs: this.#allSeeAllMs }),
      ...(this.#firstLeaderMs !== undefined && { firstLeaderMs: this.#firstLeaderMs }),
      spreads: this.#spreads.map(({ what, atMs, halfMs, lastMs, reachedBy }) => ({
        what,
        atMs,
        ...(halfMs !== undefined && { halfMs }),
        ...(lastMs !== undefined && { lastMs }),
        reached: reachedBy.size,
        of: this.#running(),
      })),
      detections: this.#detections.map(({ member, atMs, suspectMs, confirmedMs, confirmedByAllMs }) => ({
        member,
        atMs,
        ...(suspectMs !== undefined && { suspectMs }),
        ...(confirmedMs !== undefined && { confirmedMs }),
        ...(confirmedByAllMs !== undefined && { confirmedByAllMs }),
      })),
      leaderChanges: this.#leaderChanges.map(({ group, atMs, firstMs, allMs }) => ({
        group,
        atMs,
        ...(firstMs !== undefined && { firstMs }),
        ...(allMs !== undefined && { allMs }),
      })),
      falseSuspicions: this.#falseSuspicions,
      falseConfirmations: this.#falseConfirmations,
      suspicionsOfHealthy: this.#suspicionsOfHealthy,
      confirmationsOfHealthy: this.#confirmationsOfHealthy,
      datagrams: this.#datagrams,
      messages: this.#messages,
      datagramsPerMemberSecond: rate(this.#datagrams),
      messagesPerMemberSecond: rate(this.#messages),
      ...(this.#sizes?.message !== undefined && { bytesPerMemberSecond: rate(this.#bytes) }),
    };
  }

  #count(effect: RingEffect): void {
    if (effect.kind === "datagram") {
      this.#datagrams++;
      if (this.#sizes !== undefined) this.#bytes += this.#sizes.datagram(effect.message);
    } else if (effect.kind === "push") {
      this.#messages += effect.messages.length;
      if (this.#sizes?.message !== undefined)
        for (const message of effect.messages) this.#bytes += this.#sizes.message(message);
    }
  }

  #running(): number {
    return this.#runningSince.size;
  }

  #track(what: string, has: (host: Host) => boolean): void {
    this.#spreads.push({ what, atMs: this.#world.now, has, reachedBy: new Set() });
  }

  #look(tracked: Tracked, host: Host): void {
    if (tracked.reachedBy.has(host) || !tracked.has(host)) return;
    tracked.reachedBy.add(host);
    const running = this.#running();
    const { size } = tracked.reachedBy;
    if (tracked.halfMs === undefined && size * 2 >= running) tracked.halfMs = this.#world.now - tracked.atMs;
    if (size < running) return;
    for (const other of this.#runningSince.keys()) if (!tracked.reachedBy.has(other)) return;
    tracked.lastMs = this.#world.now - tracked.atMs;
  }

  #lookWhetherComplete(host: Host): void {
    if (this.#complete.has(host) || host.machine === undefined) return;
    const world = this.#world;
    const { state } = host.machine;
    const running = this.#running();
    if (running < this.#starting || membersKnown(state) < running - 1) return;
    if (world.hosts.length > SMALL_RING) {
      const last = this.#lastCompared.get(host) ?? Number.NEGATIVE_INFINITY;
      if (membersKnown(state) < world.hosts.length - 1 && world.now - last < COMPARE_EVERY_MS) return;
      this.#lastCompared.set(host, world.now);
    }
    if (!seesAll(state, this.#runningSince.keys(), this.#world.owners.size, running)) return;
    this.#complete.add(host);
    for (const other of this.#runningSince.keys()) if (!this.#complete.has(other)) return;
    this.#allSeeAllMs = world.now;
  }

  #expectDetection(index: number): void {
    const host = this.#world.hosts[index];
    if (host === undefined || !host.running) return;
    const atMs = this.#world.now;
    this.#detections.push({ memberId: host.id, member: host.name, atMs, confirmedBy: new Set() });
    for (const group of host.services.keys()) {
      if (host.machine === undefined || leaderOf(host.machine.state, group) !== host.id) continue;
      this.#leaderChanges.push({ group, atMs, before: host.id });
    }
  }

  #lookWhetherNoticed(detection: OpenDetection, host: Host): void {
    if (detection.confirmedBy.has(host) || host.machine === undefined) return;
    const health = healthOf(host.machine.state, detection.memberId);
    if (health === undefined || health === "alive") return;
    const passed = this.#world.now - detection.atMs;
    detection.suspectMs ??= passed;
    if (health === "suspect") return;
    detection.confirmedMs ??= passed;
    detection.confirmedBy.add(host);
    if (this.#world.owners.get(detection.memberId)?.running === true) return; // it is back: nothing to notice any more
    for (const other of this.#runningSince.keys()) if (!detection.confirmedBy.has(other)) return;
    detection.confirmedByAllMs = passed;
  }

  #lookForLeaders(host: Host): void {
    if (host.machine === undefined) return;
    for (const change of this.#leaderChanges) {
      if (change.allMs !== undefined) continue;
      const leader = leaderOf(host.machine.state, change.group);
      if (leader === undefined || leader === change.before) continue;
      const passed = this.#world.now - change.atMs;
      change.firstMs ??= passed;
      const known = this.#leaderKnownToAll(change.group);
      if (known !== undefined && known !== change.before) change.allMs = passed;
    }
    if (this.#firstLeaderMs === undefined && this.#running() >= this.#starting)
      for (const group of this.#groups)
        if (
          leaderOf(host.machine.state, group) !== undefined &&
          this.#leaderKnownToAll(group) !== undefined
        ) {
          this.#firstLeaderMs = this.#world.now;
          return;
        }
  }

  #leaderKnownToAll(group: string): string | undefined {
    let agreed: string | undefined;
    for (const { machine } of this.#runningSince.keys()) {
      const leader = machine === undefined ? undefined : leaderOf(machine.state, group);
      if (leader === undefined || (agreed !== undefined && leader !== agreed)) return undefined;
      agreed = leader;
    }
    return agreed;
  }
}
