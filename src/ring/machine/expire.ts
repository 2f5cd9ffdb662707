// Forgetting: a dead member departs after three days as in the original; what has departed, and services that were stopped,
// are dropped a day later by everybody at about the same time, since their age is told along. A tombstone stays, so that
// whoever still holds a copy does not bring it back.
import type { Health, Member } from "../member.ts";
import { insertMembership } from "../membership.ts";
import { type ServiceRumor, serviceKey } from "../rumor.ts";
import { DEPARTURE_MS, FORGET_MS, TOMBSTONE_MS } from "../timing.ts";
import { type Core, note } from "./core.ts";
import { TOMBSTONE_LIMIT } from "./limits.ts";
import { updateRecord } from "./records.ts";

/** How often it is looked whether something has come of age. */
const LOOK_MS = 10_000;

interface Tombstone {
  readonly incarnation: bigint;
  readonly until: number;
}

export interface Tombstones {
  /** Member id → what it was when it was forgotten. */
  readonly members: Map<string, Tombstone>;
  /** The same by group and member, for services. */
  readonly services: Map<string, Tombstone>;
  lookAt: number;
}

export function noTombstones(): Tombstones {
  return { members: new Map(), services: new Map(), lookAt: 0 };
}

/** Whether a record is an old one of a member that has been forgotten, or one that would be forgotten at once. */
export function isForgotten({ tombstones, now }: Core, member: Member, health: Health): boolean {
  const tombstone = tombstones.members.get(member.id);
  if (tombstone === undefined || tombstone.until <= now) return false;
  return health !== "alive" || member.incarnation <= tombstone.incarnation;
}

/** Whether a service is one that was forgotten after it had stopped, or one of a member that is forgotten. */
export function isForgottenService(core: Core, service: ServiceRumor): boolean {
  const incarnation = forgottenServiceIncarnation(core, service);
  if (incarnation !== undefined && service.incarnation <= incarnation) return true;
  const { state, tombstones, now } = core;
  const member = tombstones.members.get(service.memberId);
  return member !== undefined && member.until > now && !state.members.has(service.memberId);
}

/** The number a service had when it was forgotten after it had stopped. */
export function forgottenServiceIncarnation(
  { tombstones, now }: Core,
  { serviceGroup, memberId }: ServiceRumor,
): bigint | undefined {
  const tombstone = tombstones.services.get(serviceText(serviceGroup, memberId));
  return tombstone !== undefined && tombstone.until > now ? tombstone.incarnation : undefined;
}

/** Departs and drops what is due. */
export function forgetOld(core: Core): void {
  const { state, tombstones, now } = core;
  if (now < tombstones.lookAt) return;
  tombstones.lookAt = now + LOOK_MS;
  sweep(tombstones.members, now);
  sweep(tombstones.services, now);
  for (const [id, at] of core.told) if (now - at >= LOOK_MS) core.told.delete(id);
  forgetServices(core);
  const { members } = state;
  let forgotten = 0;
  for (const number of members.numbersWith("confirmed", "departed")) {
    const entry = members.at(number);
    if (entry === undefined) continue;
    const { member, health, since } = entry;
    if (health === "confirmed" && now - since >= DEPARTURE_MS) {
      core.reasons.set(member.id, "dead for three days");
      insertMembership(state, { member, health: "departed" }, now);
    } else if (health === "departed" && now - since >= FORGET_MS && member.id !== state.self) {
      forgetMember(core, member);
      forgotten++;
    }
  }
  if (forgotten > 0) note(core, { kind: "forgotten", what: "members", count: forgotten });
}

export function forgettingDue({ tombstones }: Core): number {
  return tombstones.lookAt;
}

function forgetMember(core: Core, member: Member): void {
  const { state, tombstones } = core;
  state.members.delete(member.id);
  state.counters.members++;
  bury(tombstones.members, member.id, member.incarnation, core.now);
  for (const [serviceGroup, services] of state.services) {
    if (services.delete(member.id)) dropRecord(core, serviceGroup, member.id);
  }
}

/** Stopped services of living members; the time they stopped is when we heard of it. */
function forgetServices(core: Core): void {
  const { state, stopped, now } = core;
  for (const [text, { serviceGroup, memberId }] of stopped)
    if (state.services.get(serviceGroup)?.get(memberId)?.stopped !== true) stopped.delete(text);
  for (const [serviceGroup, services] of state.services) {
    for (const [memberId, { stopped: hasStopped, incarnation }] of services) {
      if (hasStopped !== true) continue;
      const text = serviceText(serviceGroup, memberId);
      const known = stopped.get(text);
      if (known?.incarnation !== incarnation)
        stopped.set(text, { serviceGroup, memberId, incarnation, since: now });
      else if (now - known.since >= FORGET_MS) {
        services.delete(memberId);
        stopped.delete(text);
        bury(core.tombstones.services, text, incarnation, now);
        dropRecord(core, serviceGroup, memberId);
      }
    }
  }
}

function dropRecord(core: Core, serviceGroup: string, memberId: string): void {
  const { state } = core;
  if (state.services.get(serviceGroup)?.size === 0) state.services.delete(serviceGroup);
  state.counters.services++;
  updateRecord(core.records, state, serviceKey(memberId, serviceGroup));
}

function serviceText(serviceGroup: string, memberId: string): string {
  return `${serviceGroup} ${memberId}`;
}

/** A later burial of the same moves it to the end: the map stays in the order of `until`. */
function bury(tombstones: Map<string, Tombstone>, key: string, incarnation: bigint, now: number): void {
  tombstones.delete(key);
  tombstones.set(key, { incarnation, until: now + TOMBSTONE_MS });
}

function sweep(tombstones: Map<string, Tombstone>, now: number): void {
  for (const [key, { until }] of tombstones) {
    if (until > now && tombstones.size <= TOMBSTONE_LIMIT) break;
    tombstones.delete(key);
  }
}
