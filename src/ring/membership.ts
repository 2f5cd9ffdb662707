// What is believed of members, by where it was heard (reference/butterfly.md §9).
import { purgeHeat, startHot } from "./heat.ts";
import { type Health, isWorse, type Member, type Membership } from "./member.ts";
import { MAXIMUM_U64, memberKey } from "./rumor.ts";
import type { RingState } from "./state.ts";

/** The insert rule (§9.1): unknown, higher incarnation, or equal incarnation and worse health. True when it changed. */
export function insertMembership(state: RingState, { member, health }: Membership, now: number): boolean {
  const stored = state.members.get(member.id);
  const wins =
    stored === undefined ||
    member.incarnation > stored.member.incarnation ||
    (member.incarnation === stored.member.incarnation && isWorse(health, stored.health));
  if (wins) replace(state, member, health, now);
  return wins;
}

/**
 * The sender of a Ping or Ack (§9.2): it lives, whatever others say, unless it says itself that it leaves. Compat: this
 * may overwrite a record of higher incarnation.
 */
export function hearFromMember(state: RingState, member: Member, now: number): boolean {
  if (member.departed) return insertMembership(state, { member, health: "departed" }, now);
  const stored = state.members.get(member.id);
  if (stored !== undefined && stored.health !== "alive") {
    replace(state, member, "alive", now);
    return true;
  }
  return insertMembership(state, { member, health: "alive" }, now);
}

/** The sender of a ProbePing (§9.2): as it says, by the insert rule alone. */
export function hearProbeFromMember(state: RingState, member: Member, now: number): boolean {
  return insertMembership(state, { member, health: member.departed ? "departed" : "alive" }, now);
}

/**
 * What somebody says about a member (§9.3), in a rumor or beside a Ping or Ack. About ourselves, anything but alive is
 * refuted by a higher incarnation; of others called confirmed dead whom we believe alive, `toProbe` takes note first.
 */
export function hearAboutMember(state: RingState, { member, health }: Membership, now: number): boolean {
  if (member.id === state.self) {
    if (health !== "alive" && member.incarnation >= state.incarnation)
      raiseIncarnation(state, member.incarnation);
    return insertMembership(state, { member, health: "alive" }, now);
  }
  const stored = state.members.get(member.id);
  if (
    health === "confirmed" &&
    stored !== undefined &&
    (stored.health === "alive" || stored.health === "suspect") &&
    stored.member.incarnation <= member.incarnation
  ) {
    state.toProbe.set(member.id, member);
    return false;
  }
  return insertMembership(state, { member, health }, now);
}

/** Departs a member whatever its incarnation, as a Departure does. True when it was not departed. */
export function setDeparted(state: RingState, memberId: string, now: number): boolean {
  const stored = state.members.get(memberId);
  if (stored === undefined) return false;
  if (stored.health === "departed") {
    // Whoever repeats it may have had it from somebody we have not: tell it again (§9.6).
    purgeHeat(state.heat, memberId);
    startHot(state.heat, memberKey(memberId));
    return false;
  }
  replace(state, stored.member, "departed", now);
  return true;
}

/** One above what was heard. At the last number there is nothing above: it stays (the original wraps around to 0). */
function raiseIncarnation(state: RingState, heard: bigint): void {
  state.incarnation = heard === MAXIMUM_U64 ? MAXIMUM_U64 : heard + 1n;
}

function replace(state: RingState, member: Member, health: Health, now: number): void {
  state.members.set(member.id, { member, health, since: now });
  state.counters.members++;
  if (health === "departed") purgeHeat(state.heat, member.id);
  startHot(state.heat, memberKey(member.id));
}
