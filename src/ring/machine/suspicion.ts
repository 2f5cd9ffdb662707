// How long a suspect has to refute (Lifeguard, "LHA-Suspicion"): from the longest time down to the shortest as more members
// say that they have tried in vain. Every member counts for itself; the first to come to the end tells the others.
import { insertMembership } from "../membership.ts";
import { CHASE_MS, CONFIRMATIONS, LONGEST_SUSPICION_MS, shortestSuspicionMs } from "../timing.ts";
import { type Core, nextSequence, patience } from "./core.ts";
import { ping } from "./probe.ts";

export interface Suspicion {
  readonly incarnation: bigint;
  readonly since: number;
  readonly accusers: Set<string>;
  /** We saw for ourselves that something still listens there: no hurry. */
  stalled: boolean;
  /** When the suspect was last told. */
  chasedAt: number;
}

export type Suspicions = Map<string, Suspicion>;

/** Takes note of one more member that accuses a suspect. True when it was new and brings the end nearer. */
export function accuse(core: Core, id: string, incarnation: bigint, accuser: string): boolean {
  const suspicion = core.suspicions.get(id);
  if (suspicion === undefined || suspicion.incarnation !== incarnation) return false;
  if (suspicion.accusers.has(accuser) || suspicion.accusers.size > CONFIRMATIONS) return false;
  suspicion.accusers.add(accuser);
  return true;
}

/** Begins, or begins anew at a higher incarnation. */
export function beginSuspicion(core: Core, id: string, incarnation: bigint): Suspicion {
  const before = core.suspicions.get(id);
  if (before?.incarnation === incarnation) return before;
  const suspicion: Suspicion = {
    incarnation,
    since: core.now,
    accusers: new Set(),
    stalled: false,
    chasedAt: Number.NEGATIVE_INFINITY,
  };
  core.suspicions.set(id, suspicion);
  return suspicion;
}

/** When a suspicion turns into certainty. */
export function suspicionEnd(core: Core, { since, accusers, stalled }: Suspicion): number {
  const { members } = core.state;
  const shortest = shortestSuspicionMs(members.size) * (1 + (patience(core) - 1) / 2);
  const longest = Math.max(shortest, LONGEST_SUSPICION_MS);
  if (stalled) return since + longest;
  // The suspect and its first accuser cannot confirm.
  const needed = Math.min(CONFIRMATIONS, Math.max(0, members.count("alive") - 1));
  const confirmed = Math.min(needed, Math.max(0, accusers.size - 1));
  const share = needed === 0 ? 1 : Math.log(confirmed + 1) / Math.log(needed + 1);
  return since + longest - (longest - shortest) * share;
}

/** Confirms those whose time is over. */
export function confirmOverdue(core: Core): void {
  if (core.suspicions.size === 0) return;
  for (const [id, suspicion] of core.suspicions) {
    if (suspicionEnd(core, suspicion) > core.now) continue;
    core.suspicions.delete(id);
    const entry = core.state.members.get(id);
    if (entry?.health !== "suspect") continue;
    insertMembership(core.state, { member: entry.member, health: "confirmed" }, core.now);
  }
}

/** Those we accuse have to hear of it, so that they can refute. */
export function chaseSuspects(core: Core): void {
  const { state, suspicions } = core;
  if (suspicions.size === 0) return;
  for (const [id, suspicion] of suspicions) {
    if (!suspicion.accusers.has(state.self) || suspicion.chasedAt + CHASE_MS > core.now) continue;
    const member = state.members.get(id)?.member;
    if (member === undefined) continue;
    suspicion.chasedAt = core.now;
    ping(core, member, nextSequence(core));
  }
}

/** When the next suspect is to be told. */
export function chaseDue({ state, suspicions }: Core): number {
  let next = Number.POSITIVE_INFINITY;
  if (suspicions.size === 0) return next;
  for (const { accusers, chasedAt } of suspicions.values())
    if (accusers.has(state.self)) next = Math.min(next, chasedAt + CHASE_MS);
  return next;
}

/** We could not have heard a refutation while we were held up: everybody gets that time on top. */
export function extendSuspicions(core: Core, byMs: number): void {
  for (const [id, suspicion] of core.suspicions)
    core.suspicions.set(id, { ...suspicion, since: suspicion.since + byMs });
}

export function nextSuspicionEnd(core: Core): number {
  let next = Number.POSITIVE_INFINITY;
  if (core.suspicions.size === 0) return next;
  for (const suspicion of core.suspicions.values()) next = Math.min(next, suspicionEnd(core, suspicion));
  return next;
}

/** The first member that accused a suspect. */
export function firstAccuser({ suspicions }: Core, id: string): string | undefined {
  const [first] = suspicions.get(id)?.accusers ?? [];
  return first;
}
