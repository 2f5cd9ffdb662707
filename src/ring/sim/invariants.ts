// What must hold in a ring at all times, checked after every step, and what must hold at its end.
//
//   incarnation  only a member itself raises its incarnation; it never falls while the process runs, nor in what others know
//   term         the term of a group's election never falls at a member
//   bounded      no store holds more records than there are things to record
//   tombstone    what a member knew to be stopped or gone does not come back with the same or an older incarnation
//   confirmed    nobody takes a member for dead that no fault touches, nor its accuser
//   harm         no original loses a thread, or has to refuse anything, because of what a member of ours said
//   behaviour    a machine neither throws nor turns in circles, and sends nothing an original cannot receive
//   views, rumors, leader   at the end (agreement.ts)
import type { RingEffect, RingEvent } from "../protocol.ts";
import type { Action } from "./action.ts";
import { RING_PORT } from "./addresses.ts";
import { type Difference, findDifferences, memberName } from "./agreement.ts";
import { HarmWatch } from "./harm.ts";
import type { Host } from "./host.ts";
import { Inventory } from "./inventory.ts";
import { below, type Random, sample } from "./random.ts";
import type { Sizes } from "./sizes.ts";
import { SMALL_RING, type Transition } from "./transitions.ts";
import { electionChanges, recordOf, rumorChanges, serviceOf, storeSizes, termOf } from "./view.ts";
import type { Witness } from "./witness.ts";
import type { World } from "./world.ts";

export type Rule =
  | "incarnation"
  | "term"
  | "bounded"
  | "tombstone"
  | "confirmed"
  | "harm"
  | "behaviour"
  | Difference["rule"];

export interface Violation {
  readonly atMs: number;
  readonly rule: Rule;
  /** The member that broke the rule, by its name in the story. */
  readonly member: string;
  readonly text: string;
}

export interface InvariantOptions {
  readonly world: World;
  /** For samples in large rings. */
  readonly random: Random;
  /** A fault that ended longer ago than this explains nothing. */
  readonly explainMs: number;
  readonly sizes: Sizes | undefined;
}

/** An original receives no more (butterfly.md §6). */
const MAXIMUM_DATAGRAM_BYTES = 1024;
const VIOLATIONS_KEPT = 50;
/** Stores are counted at one step in so many. */
const SIZE_CHECK_STEPS = 64;
/** The same for a member's own books, which costs more in a large ring. */
const BOOKS_CHECK_STEPS = 512;
/** Observers at the end of a run of a large ring. */
const OBSERVERS = 50;
/** What is under way when a member's process ends may still arrive. */
const IN_FLIGHT_MS = 1000;
/** Why a member takes another for suspect when it only repeats what it was told. */
const HEARSAY: ReadonlySet<string> = new Set(["heard", "rumor", "piggyback"]);
const KINDS = ["election", "election-update"] as const;

interface Watched {
  process: number;
  incarnation: bigint;
  rumorChanges: number;
  electionChanges: number;
  readonly terms: Map<string, bigint>;
}

interface Tombstone {
  readonly memberId: string;
  readonly group: string;
  /** Host → the highest incarnation of a tombstone its process has seen. */
  readonly holders: Map<Host, { readonly process: number; readonly incarnation: bigint }>;
}

export class Invariants implements Witness {
  readonly violations: Violation[] = [];
  readonly #options: InvariantOptions;
  readonly #small: boolean;
  readonly #watched = new Map<Host, Watched>();
  /** Member id → the highest incarnation it ever had. */
  readonly #issued = new Map<string, bigint>();
  readonly #tombstones = new Map<string, Tombstone>();
  /** Member id → who suspects it for what they saw themselves, or did until they held it for dead. */
  readonly #accusers = new Map<string, Set<Host>>();
  readonly #told = new Set<string>();
  readonly #harm: HarmWatch;
  readonly #inventory = new Inventory();

  constructor(options: InvariantOptions) {
    this.#options = options;
    this.#harm = new HarmWatch(
      (address) => options.world.addresses.hostAt({ host: address, port: RING_PORT }),
      ({ to, by, what }) => {
        if (by.behaviour === "own")
          this.#violate("harm", by, `${by.name} made ${to.name} refuse ${what}`, what);
      },
    );
    this.#small = options.world.hosts.length <= SMALL_RING;
  }

  get leaderGroups(): ReadonlySet<string> {
    return this.#inventory.leaderGroups;
  }

  acted(action: Action): void {
    const { hosts } = this.#options.world;
    this.#inventory.acted(action, hosts);
    if (action.kind === "unload") this.#tombstoneOf(hosts[action.host]?.id ?? "", action.group);
  }

  started(host: Host): void {
    const incarnation = host.machine?.state.incarnation ?? 0n;
    this.#issue(host.id, incarnation);
    this.#watched.set(host, {
      process: host.process,
      incarnation,
      rumorChanges: -1,
      electionChanges: -1,
      terms: new Map(),
    });
    this.#inventory.started(host);
  }

  misbehaved(host: Host, what: string): void {
    this.#violate("behaviour", host, `${host.name} ${what}`);
  }

  stepped(host: Host, event: RingEvent, effects: readonly RingEffect[]): void {
    if (host.behaviour === "original") this.#harm.stepped(host, event, effects);
    const watched = this.#watched.get(host);
    const state = host.machine?.state;
    if (watched === undefined || state === undefined) return;
    if (state.incarnation !== watched.incarnation) {
      if (state.incarnation < watched.incarnation)
        this.#violate(
          "incarnation",
          host,
          `${host.name} went from incarnation ${watched.incarnation} to ${state.incarnation}`,
        );
      watched.incarnation = state.incarnation;
      this.#issue(host.id, state.incarnation);
    }
    const elections = electionChanges(state);
    if (elections !== watched.electionChanges) {
      watched.electionChanges = elections;
      if (host.behaviour === "own") this.#checkTerms(host, watched);
    }
    const rumors = rumorChanges(state);
    if (rumors !== watched.rumorChanges) {
      watched.rumorChanges = rumors;
      this.#checkTombstones(host);
    }
    const { world, sizes } = this.#options;
    if (world.steps % SIZE_CHECK_STEPS === 0) {
      this.#checkSizes(host);
      if (!this.#small) this.#checkOneRecord(host);
    }
    if (sizes !== undefined && host.behaviour === "own") this.#checkDatagrams(host, effects, sizes);
  }

  /** To be told of every change of belief. */
  believed(transition: Transition): void {
    const { by, member, from, to, incarnation, incarnationBefore, why } = transition;
    const { world } = this.#options;
    const owner = world.owners.get(member);
    if (owner === undefined) {
      this.#violate("bounded", by, `${by.name} stores a member that never was: ${member}`);
      return;
    }
    if (to === "alive") this.#accusers.get(member)?.delete(by);
    if (to === "suspect" && !HEARSAY.has(why ?? "")) {
      const accusers = this.#accusers.get(member) ?? new Set();
      this.#accusers.set(member, accusers.add(by));
    }
    if (by.behaviour === "own") {
      this.#checkRecord(by, owner, member, incarnation, incarnationBefore);
      if (from === "departed" && to === "alive") this.#checkReturn(by, owner, member);
      if (to === "confirmed" || (to === "departed" && from !== "confirmed"))
        this.#checkDeath(by, owner, member, to);
    }
  }

  /** Who is judged at the end: our own members, a sample of them in a large ring. */
  observers(): Host[] {
    const running = this.#options.world.hosts.filter((host) => host.running && host.behaviour === "own");
    return this.#small ? running : sample(this.#options.random, running, OBSERVERS);
  }

  /** What is not as it should be once all faults have ended. */
  checkEnd(): void {
    for (const { rule, host, text } of findDifferences(
      this.#options.world,
      this.observers(),
      this.leaderGroups,
    ))
      this.#violate(rule, host, text);
  }

  #checkTerms(host: Host, watched: Watched): void {
    const state = host.machine?.state;
    if (state === undefined) return;
    for (const kind of KINDS)
      for (const group of this.#inventory.groups) {
        const term = termOf(state, kind, group);
        if (term === undefined) continue;
        const key = `${kind} ${group}`;
        const before = watched.terms.get(key);
        if (before !== undefined && term < before)
          this.#violate(
            "term",
            host,
            `${host.name} went from term ${before} of the ${kind} of ${group} to ${term}`,
          );
        watched.terms.set(key, term);
      }
  }

  #checkTombstones(host: Host): void {
    const state = host.machine?.state;
    if (state === undefined || host.behaviour !== "own") return;
    if (this.#small)
      for (const [group, services] of state.services)
        for (const [memberId, { stopped }] of services)
          if (stopped === true) this.#tombstoneOf(memberId, group);
    for (const { memberId, group, holders } of this.#tombstones.values()) {
      const rumor = serviceOf(state, memberId, group);
      if (rumor === undefined) continue;
      const held = holders.get(host);
      const known = held?.process === host.process ? held.incarnation : undefined;
      if (rumor.stopped === true) {
        if (known === undefined || rumor.incarnation > known)
          holders.set(host, { process: host.process, incarnation: rumor.incarnation });
      } else if (known !== undefined && rumor.incarnation <= known)
        this.#violate(
          "tombstone",
          host,
          `${host.name} believes again that ${this.#nameOf(memberId)} runs ${group} (incarnation ${rumor.incarnation}), having known it stopped in ${known}`,
        );
    }
  }

  #checkSizes(host: Host): void {
    const state = host.machine?.state;
    if (state === undefined) return;
    const { world } = this.#options;
    const members = world.owners.size;
    const limits = this.#inventory.limits(host, members);
    const sizes = {
      ...storeSizes(state),
      connections: host.links.size,
      ...((this.#small || world.steps % BOOKS_CHECK_STEPS === 0) &&
        host.behaviour === "own" &&
        host.machine?.insight?.().sizes),
    };
    for (const [store, size] of Object.entries(sizes)) {
      const limit = limits[store] ?? 2 * members;
      if (size > limit)
        this.#violate(
          "bounded",
          host,
          `${host.name} stores ${size} ${store}, where there are ${limit}`,
          store,
        );
    }
  }

  #checkDatagrams(host: Host, effects: readonly RingEffect[], sizes: Sizes): void {
    for (const effect of effects) {
      if (effect.kind !== "datagram" || !("membership" in effect.message)) continue;
      const bytes = sizes.datagram(effect.message);
      if (bytes > MAXIMUM_DATAGRAM_BYTES)
        this.#violate(
          "behaviour",
          host,
          `${host.name} sends a ${effect.message.kind} of ${bytes} bytes`,
          "datagram",
        );
    }
  }

  /** In a large ring: what this member knows of one other. */
  #checkOneRecord(host: Host): void {
    const state = host.machine?.state;
    const { world, random } = this.#options;
    const owner = world.hosts[below(random, world.hosts.length)];
    if (state === undefined || owner === undefined || host.behaviour !== "own") return;
    const record = recordOf(state, owner.id);
    if (record === undefined) return;
    this.#checkRecord(host, owner, owner.id, record.incarnation, undefined);
    if (record.health === "confirmed") this.#checkDeath(host, owner, owner.id, record.health);
  }

  #checkRecord(
    by: Host,
    owner: Host,
    member: string,
    incarnation: bigint | undefined,
    before: bigint | undefined,
  ): void {
    if (incarnation === undefined) return;
    const issued = this.#issued.get(member) ?? 0n;
    if (incarnation > issued)
      this.#violate(
        "incarnation",
        by,
        `${by.name} knows ${memberName(owner, member)} in incarnation ${incarnation}, which never went beyond ${issued}`,
      );
    // Compat: an original in the ring may tell an older record of itself anew by its own pings.
    if (before !== undefined && incarnation < before && owner.behaviour === "own")
      this.#violate(
        "incarnation",
        by,
        `${by.name} went back from incarnation ${before} of ${memberName(owner, member)} to ${incarnation}`,
      );
  }

  #checkReturn(by: Host, owner: Host, member: string): void {
    const { world, explainMs } = this.#options;
    const gone = owner.id !== member || (!owner.running && owner.left);
    if (!gone || world.now - owner.endedAt < IN_FLIGHT_MS) return;
    if (world.trouble.touches(by.index, world.now - explainMs)) return;
    this.#violate(
      "tombstone",
      by,
      `${by.name} takes ${memberName(owner, member)} for alive again, which has left`,
    );
  }

  #checkDeath(by: Host, owner: Host, member: string, as: string): void {
    const { world, explainMs } = this.#options;
    const since = world.now - explainMs;
    if (owner.id !== member || !owner.running || owner.left) return;
    if (world.trouble.touches(owner.index, since) || world.trouble.touches(by.index, since)) return;
    for (const accuser of this.#accusers.get(member) ?? [])
      if (world.trouble.touches(accuser.index, since)) return;
    this.#violate(
      "confirmed",
      by,
      `${by.name} takes ${owner.name} for ${as}, which runs and which no fault touches`,
      `${member} ${as}`,
    );
  }

  #tombstoneOf(memberId: string, group: string): void {
    const key = `${group} ${memberId}`;
    if (!this.#tombstones.has(key)) this.#tombstones.set(key, { memberId, group, holders: new Map() });
  }

  #issue(memberId: string, incarnation: bigint): void {
    const before = this.#issued.get(memberId);
    if (before === undefined || incarnation > before) this.#issued.set(memberId, incarnation);
  }

  #nameOf(memberId: string): string {
    const owner = this.#options.world.owners.get(memberId);
    return owner === undefined ? memberId : memberName(owner, memberId);
  }

  /** `once`: the same about the same member is told only once. */
  #violate(rule: Rule, host: Host, text: string, once?: string): void {
    const key = `${rule} ${host.name} ${once}`;
    if (once !== undefined && this.#told.has(key)) return;
    this.#told.add(key);
    if (this.violations.length < VIOLATIONS_KEPT)
      this.violations.push({ atMs: this.#options.world.now, rule, member: host.name, text });
  }
}
