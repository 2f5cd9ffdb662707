// What the parts of one member's machine share: its state, the moment it is looked at, and what is to be done about it.
import { addHash } from "../hash48.ts";
import type { Member } from "../member.ts";
import type { Hash48 } from "../protocol.ts";
import { ABILITY, type MachineOptions, type RingEffect, type RingNote } from "../protocol.ts";
import type { RumorKey } from "../rumor.ts";
import type { RingState } from "../state.ts";
import { MAXIMUM_AWARENESS } from "../timing.ts";
import { type Arrival, notArriving } from "./arrival.ts";
import { type Couriers, noCouriers } from "./couriers.ts";
import { type Elections, noElections } from "./elect.ts";
import { noTombstones, type Tombstones } from "./expire.ts";
import { type Joining, nobodyToJoin } from "./join.ts";
import { type LeaderWatch, noLeaderWatch } from "./leader-watch.ts";
import { type Neighbours, noNeighbours } from "./neighbours.ts";
import { noProbes, type Probes } from "./probe.ts";
import { noRecords, type OtherRecords } from "./records.ts";
import type { Relaying } from "./relay.ts";
import { nothingToSpread, type Spread } from "./spread.ts";
import type { Suspicions } from "./suspicion.ts";
import { notSyncing, type Syncing } from "./sync.ts";

interface StoppedService {
  readonly serviceGroup: string;
  readonly memberId: string;
  readonly incarnation: bigint;
  readonly since: number;
}

export interface Core {
  readonly state: RingState;
  readonly self: MachineOptions["self"];
  readonly random: () => number;
  /** Milliseconds, monotonic: the moment of the event at hand. */
  now: number;
  /** What is to be done about it. */
  effects: RingEffect[];
  /** How late the last timer was looked at: how busy this process, or its machine, is. */
  lateMs: number;
  /** Distrust in oneself, 0 to `MAXIMUM_AWARENESS`: what others are given to answer is stretched by one more than it. */
  awareness: number;
  /** The own record says so from an orderly end on. */
  leaving: boolean;
  /** The member the event at hand came from, where it is known. */
  teller: string | undefined;
  sequence: number;
  push: number;
  /** When a store last changed. */
  changedAt: number;
  /** Member id → why its health is about to change, for the note. */
  readonly reasons: Map<string, string>;
  /** Member id → when it was last told that it is held for dead. */
  readonly told: Map<string, number>;
  /** Accusations of known suspects that were new with this event, to be told on. */
  readonly accusations: { readonly id: string; readonly accuser: string }[];
  /** Group and member → which stopped service was first seen when. */
  readonly stopped: Map<string, StoppedService>;
  started: boolean;
  startedAt: number;
  /** When a ProbePing last raised the own incarnation. */
  raisedAt: number;
  /** Groups whose service of ours was announced since the start. */
  readonly announced: Set<string>;
  /** When what others said of a service of ours was last put right. */
  contradictedAt: number;
  /** By registry number, the health last followed up, as in `MemberTable`. */
  healthSeen: Uint8Array;
  readonly probes: Probes;
  readonly relaying: Relaying;
  readonly suspicions: Suspicions;
  readonly neighbours: Neighbours;
  readonly couriers: Couriers;
  readonly spread: Spread;
  readonly records: OtherRecords;
  readonly sync: Syncing;
  readonly join: Joining;
  readonly tombstones: Tombstones;
  readonly elections: Elections;
  readonly arrival: Arrival;
  readonly watch: LeaderWatch;
}

export function newCore({ state, self, random }: MachineOptions): Core {
  return {
    state,
    self,
    random,
    now: 0,
    effects: [],
    lateMs: 0,
    awareness: 0,
    leaving: false,
    teller: undefined,
    sequence: 0,
    push: 0,
    changedAt: 0,
    started: false,
    startedAt: 0,
    raisedAt: Number.NEGATIVE_INFINITY,
    reasons: new Map(),
    told: new Map(),
    accusations: [],
    stopped: new Map(),
    announced: new Set(),
    contradictedAt: Number.NEGATIVE_INFINITY,
    healthSeen: new Uint8Array(),
    probes: noProbes(),
    relaying: new Set(),
    suspicions: new Map(),
    neighbours: noNeighbours(),
    couriers: noCouriers(),
    spread: nothingToSpread(),
    records: noRecords(),
    sync: notSyncing(),
    join: nobodyToJoin(),
    tombstones: noTombstones(),
    elections: noElections(),
    arrival: notArriving(),
    watch: noLeaderWatch(),
  };
}

export function note(core: Core, about: RingNote): void {
  core.effects.push({ kind: "note", note: about });
}

/** What we say of ourselves. */
export function ownRecord({ state, self, leaving }: Core): Member {
  return {
    id: state.self,
    incarnation: state.incarnation,
    ...self,
    departed: leaving,
    probePing: false,
    abilities: ABILITY.own,
  };
}

/** Whether a member is known to understand our extensions. */
export function isOwn(member: Member): boolean {
  return ((member.abilities ?? 0) & ABILITY.own) !== 0;
}

/** The digest of everything stored. */
export function digest({ state, records }: Core): Hash48 {
  return addHash(state.members.digest, records.digest);
}

/** By how much the time others are given is stretched. */
export function patience({ awareness }: Core): number {
  return awareness + 1;
}

export function changeAwareness(core: Core, by: number, why: string): void {
  const score = Math.min(MAXIMUM_AWARENESS, Math.max(0, core.awareness + by));
  if (score === core.awareness) return;
  core.awareness = score;
  note(core, { kind: "awareness", score, why });
}

export function nextSequence(core: Core): number {
  core.sequence = (core.sequence % 0x7fff_fffe) + 1;
  return core.sequence;
}

/** Raises the own incarnation to `incarnation`; it goes to disk. */
export function raiseIncarnation(core: Core, incarnation: bigint): void {
  if (incarnation <= core.state.incarnation) return;
  core.state.incarnation = incarnation;
  core.effects.push({ kind: "incarnation", incarnation });
}

/** The text a rumor's key is known by in maps. */
export function keyText({ kind, id, key }: RumorKey): string {
  return kind === "member" ? id : `${kind} ${key} ${id}`;
}
