// What is heard about members and from members, and what we make of it (reference/butterfly.md §9): the original's rules,
// except that at equal incarnation only the member itself can undo what is said of it, by refuting. So all tables agree
// whatever the order in which they hear things; a member in error is told so until it has refuted.

import { isIP } from "node:net";
import { startHot } from "../heat.ts";
import type { Health, Member, Membership } from "../member.ts";
import { insertMembership } from "../membership.ts";
import type { Address } from "../protocol.ts";
import { CLIENT_ID, MAXIMUM_U64, memberKey, nextIncarnation } from "../rumor.ts";
import { CHASE_MS } from "../timing.ts";
import { meetCompany } from "./arrival.ts";
import { type Core, changeAwareness, nextSequence, note, ownRecord, raiseIncarnation } from "./core.ts";
import { pushNow } from "./couriers.ts";
import { isForgotten } from "./expire.ts";
import { ID_LIMIT_BYTES, MEMBER_LIMIT } from "./limits.ts";
import { swimAddress } from "./neighbours.ts";
import { ping, probeAnswered, startProbe } from "./probe.ts";
import { accuse, beginSuspicion } from "./suspicion.ts";

/** Somebody's word on a member, in a rumor or beside a datagram. */
export function hearMembership(core: Core, heard: Membership, why = "heard"): void {
  const { state } = core;
  const { id } = heard.member;
  if (id === state.self) {
    hearOfSelf(core, heard);
    return;
  }
  const stored = state.members.get(id);
  const member = completed(heard.member, stored?.member);
  const health = state.departures.has(id) ? "departed" : heard.health;
  if (stored === undefined && !isWelcome(core, member, health)) return;
  if (
    health === "confirmed" &&
    stored?.health === "alive" &&
    member.incarnation >= stored.member.incarnation
  ) {
    // We had no word of a suspicion, so we see for ourselves first (§9.3).
    startProbe(core, id, { member, health });
    return;
  }
  const since = core.now - Math.min(heard.ageMs ?? 0, core.now);
  const changed = insertMembership(state, { member, health }, since);
  if (changed) core.reasons.set(id, why);
  else if (stored !== undefined) learnAbilities(core, stored.member, member);
  const now = state.members.get(id);
  if (heard.accuser === undefined || !state.members.has(heard.accuser)) return;
  if (now?.health === "suspect" && health === "suspect") {
    const { incarnation } = now.member;
    if (incarnation !== member.incarnation) return;
    beginSuspicion(core, id, incarnation);
    if (accuse(core, id, incarnation, heard.accuser) && !changed)
      core.accusations.push({ id, accuser: heard.accuser });
  }
}

/** The sender of a datagram: it lives. `source`: where the datagram came from; `relayed`: by way of somebody else. */
export function hearFrom(core: Core, sender: Member, source: Address, relayed = false): void {
  const { state } = core;
  if (sender.id === state.self) return;
  const member: Member = { ...sender, address: seenAddress(sender, source) };
  if (member.departed) {
    hearMembership(core, { member, health: "departed" }, "it said that it leaves");
    return;
  }
  meetCompany(core);
  probeAnswered(core, sender.id);
  const stored = state.members.get(sender.id);
  if (stored === undefined && isForgotten(core, member, "alive")) {
    tellForgotten(core, member);
    return;
  }
  if (stored === undefined || member.incarnation > stored.member.incarnation)
    hearMembership(core, { member, health: "alive" }, "it spoke to us");
  else {
    learnAbilities(core, stored.member, member);
    if (member.incarnation === stored.member.incarnation && !relayed)
      learnAddress(core, stored.member, member);
    if (stored.health !== "alive") tellItsHealth(core, sender.id);
  }
  // Where it speaks from, not where it was before it moved.
  if (state.departures.has(sender.id)) tellDeparted(core, sender.id);
}

/** The address a sender is known by: what it says if that is one, else where the datagram came from. */
export function seenAddress({ address }: Member, source: Address): string {
  return address !== "" && isIP(address) !== 0 ? address : source.host;
}

/**
 * A member we have forgotten is back with a number it had then, which others would not believe. Told that it departed at
 * that number, it refutes with a higher one.
 */
function tellForgotten(core: Core, member: Member): void {
  const tombstone = core.tombstones.members.get(member.id);
  const last = core.told.get(member.id) ?? Number.NEGATIVE_INFINITY;
  if (tombstone === undefined || core.now - last < CHASE_MS || !hasPlace(member)) return;
  core.told.set(member.id, core.now);
  const { incarnation } = tombstone;
  core.effects.push({
    kind: "datagram",
    to: swimAddress(member),
    message: {
      kind: "ping",
      from: ownRecord(core),
      membership: [{ member: { ...member, incarnation }, health: "departed" }],
    },
  });
}

/** A member told to depart hears it from everybody it speaks to, until it ends. */
export function tellDeparted(core: Core, id: string): void {
  const last = core.told.get(id) ?? Number.NEGATIVE_INFINITY;
  const departure = core.state.departures.get(id);
  if (departure === undefined || core.now - last < CHASE_MS) return;
  core.told.set(id, core.now);
  pushNow(core, id, [{ kind: "departure", fromId: CLIENT_ID, value: departure }]);
}

/** A short message names its sender by 48 bits and tells its incarnation. False where nobody is known by them. */
export function hearFromShort(core: Core, short: number, incarnation: bigint, source: Address): boolean {
  const { members } = core.state;
  const number = members.registry.findShort(short);
  const member = number === undefined ? undefined : members.memberAt(number);
  if (member === undefined) return false;
  hearFrom(core, { ...member, incarnation, departed: false, address: source.host }, source);
  return true;
}

/**
 * A member we hold for dead or suspect speaks with the incarnation it had: it does not know. A Ping carries its record, and
 * it will refute.
 */
function tellItsHealth(core: Core, id: string): void {
  const entry = core.state.members.get(id);
  if (entry === undefined || core.state.departures.has(id)) return;
  const { member, health } = entry;
  const last = core.told.get(id) ?? Number.NEGATIVE_INFINITY;
  if (core.now - last < CHASE_MS) return;
  core.told.set(id, core.now);
  if (member.incarnation === MAXIMUM_U64 && health !== "departed") {
    // Nothing is above this number, so it cannot refute; its word is enough.
    core.state.members.set(id, { member, health: "alive", since: core.now });
    core.state.counters.members++;
    startHot(core.state.heat, memberKey(id));
    return;
  }
  ping(core, member, nextSequence(core));
}

/** Word of ourselves: anything but alive is refuted by a higher incarnation, which is told to everybody at once. */
function hearOfSelf(core: Core, { member, health }: Membership): void {
  const { state } = core;
  if (core.leaving || state.departed) return;
  const before = state.incarnation;
  if (health !== "alive" && member.incarnation >= before) {
    raiseIncarnation(core, nextIncarnation(member.incarnation));
    note(core, { kind: "refuted", incarnation: state.incarnation });
    if (health === "suspect" || health === "confirmed") changeAwareness(core, 1, "others could not reach us");
  } else if (member.incarnation > before) {
    // Our own number is lost, or somebody else uses our id: nobody would believe a lower one.
    raiseIncarnation(core, member.incarnation);
  }
  const known = state.members.get(state.self)?.member.address ?? "";
  const address = core.self.address || (isIP(member.address) === 0 ? known : member.address);
  insertMembership(state, { member: { ...ownRecord(core), address }, health: "alive" }, core.now);
}

/** A copy that came through an original member lacks what those do not know of; a made-up one has no place to reach. */
function completed(member: Member, stored: Member | undefined): Member {
  if (stored === undefined) return member;
  const whole =
    stored.abilities === undefined || member.abilities !== undefined
      ? member
      : { ...member, abilities: stored.abilities };
  const { address, swimPort, gossipPort } = stored;
  const same = member.address === address && member.swimPort === swimPort && member.gossipPort === gossipPort;
  return same || hasPlace(member) ? whole : { ...whole, address, swimPort, gossipPort };
}

/** Whether a record says where datagrams and connections can go: an address, never a name to look up, and ports. */
function hasPlace({ address, swimPort, gossipPort }: Member): boolean {
  return swimPort > 0 && gossipPort > 0 && isIP(address) !== 0;
}

function learnAbilities({ state, neighbours }: Core, stored: Member, heard: Member): void {
  if (heard.abilities === undefined || stored.abilities === heard.abilities) return;
  if (heard.incarnation < stored.incarnation) return;
  const entry = state.members.get(stored.id);
  if (entry === undefined) return;
  state.members.set(stored.id, { ...entry, member: { ...stored, abilities: heard.abilities } });
  neighbours.stale = true;
}

/** Seen elsewhere than where others said: what we see counts, for us. */
function learnAddress({ state }: Core, stored: Member, heard: Member): void {
  const same =
    stored.address === heard.address &&
    stored.swimPort === heard.swimPort &&
    stored.gossipPort === heard.gossipPort;
  const entry = state.members.get(stored.id);
  if (same || entry === undefined || !hasPlace(heard)) return;
  const { address, swimPort, gossipPort } = heard;
  state.members.set(stored.id, { ...entry, member: { ...stored, address, swimPort, gossipPort } });
}

function isWelcome(core: Core, member: Member, health: Health): boolean {
  if (isForgotten(core, member, health)) return false;
  if (!hasPlace(member)) {
    note(core, { kind: "refused", what: "member", why: "its address or a port is none" });
    return false;
  }
  if (Buffer.byteLength(member.id) > ID_LIMIT_BYTES) {
    note(core, { kind: "refused", what: "member", why: `its id has more than ${ID_LIMIT_BYTES} bytes` });
    return false;
  }
  if (core.state.members.size < MEMBER_LIMIT) return true;
  note(core, { kind: "refused", what: "member", why: `${MEMBER_LIMIT} members are known already` });
  return false;
}
