// What each event means: whom it speaks of, what is answered, and which part of the machine it is for
// (reference/butterfly.md §10.1, §10.7). An answer to a Ping goes out before anything else is done.

import { HEALTHS, type Member } from "../member.ts";
import { insertMembership } from "../membership.ts";
import type { Address, GossipMessage, RingEvent, SwimMessage } from "../protocol.ts";
import {
  departureKey,
  electionKey,
  memberKey,
  nextIncarnation,
  type Rumor,
  type RumorKey,
  serviceConfigKey,
  serviceFileKey,
  serviceKey,
} from "../rumor.ts";
import { insertService } from "../services.ts";
import type { RingState } from "../state.ts";
import { LATE_MS } from "../timing.ts";
import { expectOthers } from "./arrival.ts";
import { type Core, changeAwareness, digest, isOwn, note, ownRecord, raiseIncarnation } from "./core.ts";
import { oweToAll, pushed, pushNow, tellerKnows } from "./couriers.ts";
import { changeSuitability, hearElection, holdElection, takePart, withdrawFromElections } from "./elect.ts";
import { takeForKnown } from "./follow-up.ts";
import { hearFrom, hearFromShort, hearMembership, seenAddress } from "./hear.ts";
import { joinBy, peerAnswered } from "./join.ts";
import { linkBroke } from "./neighbours.ts";
import {
  extendProbes,
  knocked,
  nackHeard,
  pingAddress,
  probeByKnock,
  startProbe,
  startProbing,
} from "./probe.ts";
import { relayAck, servePingRequest } from "./relay.ts";
import { hearRumor, withdrawService } from "./services.ts";
import { piggyback, roomBeside } from "./spread.ts";
import { extendSuspicions } from "./suspicion.ts";
import { compareDigest, hearSummary, hearVersions, hearWant, syncPushFailed } from "./sync.ts";

/** Members told directly of an orderly end (§9.6). */
const FAREWELLS = 10;

/** A ProbePing raises the incarnation at most this often: each time costs a write to disk. */
const RAISE_PAUSE_MS = 1000;

export function handle(core: Core, event: RingEvent): void {
  switch (event.kind) {
    case "start":
      start(core);
      joinBy(core, event.peers);
      return;
    case "peers":
      joinBy(core, event.peers);
      return;
    case "datagram":
      hearDatagram(core, event.message, event.from);
      return;
    case "message":
      hearMessage(core, event.message, event.from);
      return;
    case "timer":
      core.lateMs = event.lateMs;
      if (event.lateMs >= LATE_MS) heldUp(core, event.lateMs);
      return;
    case "pushed":
      pushEnded(core, event.push, event.delivered);
      return;
    case "link":
      linkChanged(core, event);
      return;
    case "knocked":
      knocked(core, event.to, event.answer);
      return;
    case "unreachable":
      unreachable(core, event.address);
      return;
    case "announce":
      announce(core, event.rumor);
      return;
    case "withdraw":
      core.announced.delete(event.serviceGroup);
      withdrawService(core, event.serviceGroup);
      withdrawFromElections(core, event.serviceGroup);
      return;
    case "elect":
      takePart(core, event.election, event.serviceGroup, event.suitability);
      return;
    case "suitability":
      changeSuitability(core, event.serviceGroup, event.suitability);
      return;
    case "re-elect":
      holdElection(core, event.serviceGroup, event.election);
      return;
    case "leave":
      leave(core);
  }
}

/** What was read from disk is known; that we are back is news, with a number above all that was said of us. */
function start(core: Core): void {
  const { state } = core;
  core.started = true;
  core.startedAt = core.now;
  takeForKnown(core, storedKeys(state));
  const own = state.members.get(state.self);
  if (state.departed) core.effects.push({ kind: "departed" });
  else if (own !== undefined) {
    raiseIncarnation(core, own.member.incarnation);
    raiseIncarnation(core, nextIncarnation(state.incarnation));
    const address = core.self.address || own.member.address;
    insertMembership(state, { member: { ...ownRecord(core), address }, health: "alive" }, core.now);
  }
  if (state.members.size > (own === undefined ? 0 : 1)) expectOthers(core);
  startProbing(core);
}

function storedKeys(state: RingState): RumorKey[] {
  return [
    ...[...state.services].flatMap(([group, services]) =>
      [...services.keys()].map((id) => serviceKey(id, group)),
    ),
    ...[...state.serviceConfigs.keys()].map(serviceConfigKey),
    ...[...state.serviceFiles].flatMap(([group, files]) =>
      [...files.keys()].map((name) => serviceFileKey(group, name)),
    ),
    ...[...state.elections.keys()].map((group) => electionKey("election", group)),
    ...[...state.electionUpdates.keys()].map((group) => electionKey("election-update", group)),
    ...[...state.departures.keys()].map(departureKey),
  ];
}

function hearDatagram(core: Core, message: SwimMessage, source: Address): void {
  switch (message.kind) {
    case "ping":
      answer(core, message, source);
      hearAll(core, message);
      hearFrom(core, message.from, source);
      hearDigest(core, message.from, message.digest);
      return;
    case "ack":
      if (message.forwardTo !== undefined && message.forwardTo.id !== core.state.self) {
        relayAck(core, { ...message, forwardTo: message.forwardTo }, source);
        return;
      }
      if (message.forwardTo === undefined) peerAnswered(core, source, message.from.id);
      hearAll(core, message);
      hearFrom(core, message.from, source, message.forwardTo !== undefined);
      hearDigest(core, message.from, message.digest);
      return;
    case "ping-req":
      servePingRequest(core, message, source);
      hearAll(core, message);
      hearFrom(core, message.from, source);
      return;
    case "probe-ping":
      hearProbePing(core, message, source);
      return;
    case "short-ping":
      hearShortPing(core, message, source);
      return;
    case "short-ack":
      if (hearFromShort(core, message.from, message.incarnation, source))
        hearDigest(core, byShort(core, message.from), message.digest);
      return;
    case "nack":
      nackHeard(core, message.sequence);
  }
}

function hearAll(core: Core, { membership }: Extract<SwimMessage, { readonly membership: unknown }>): void {
  for (const one of membership) hearMembership(core, one);
}

function answer(core: Core, message: Extract<SwimMessage, { kind: "ping" }>, source: Address): void {
  const { from, forwardTo, sequence } = message;
  if (roomBeside(core, forwardTo) < 0) {
    note(core, { kind: "refused", what: "ping", why: "whom to hand the answer on to does not fit into it" });
    return;
  }
  core.effects.push({
    kind: "datagram",
    to: source,
    message: {
      kind: "ack",
      from: ownRecord(core),
      ...(forwardTo === undefined ? {} : { forwardTo }),
      membership: piggyback(core, from.id, forwardTo),
      ...(sequence === undefined ? {} : { sequence, digest: digest(core) }),
    },
  });
}

/** Somebody believes us dead: the answer comes with a number above that (§9.4). */
function hearProbePing(
  core: Core,
  { from, membership }: Extract<SwimMessage, { kind: "probe-ping" }>,
  source: Address,
): void {
  if (core.now - core.raisedAt >= RAISE_PAUSE_MS && !core.leaving && !core.state.departed) {
    core.raisedAt = core.now;
    raiseIncarnation(core, nextIncarnation(core.state.incarnation));
    const own = core.state.members.get(core.state.self);
    if (own !== undefined)
      insertMembership(
        core.state,
        { member: { ...ownRecord(core), address: own.member.address }, health: "alive" },
        core.now,
      );
  }
  core.effects.push({
    kind: "datagram",
    to: source,
    message: { kind: "ack", from: ownRecord(core), membership: piggyback(core, from.id) },
  });
  for (const one of membership) hearMembership(core, one);
  const member = { ...from, address: seenAddress(from, source), probePing: false };
  hearMembership(core, { member, health: member.departed ? "departed" : "alive" });
}

function hearShortPing(
  core: Core,
  message: Extract<SwimMessage, { kind: "short-ping" }>,
  source: Address,
): void {
  const { registry } = core.state.members;
  const here = registry.short(registry.number(core.state.self));
  if (message.to !== here) return;
  const sender = byShort(core, message.from);
  if (sender === undefined || core.leaving) {
    // Who that is, its Ack will say; or, that we leave, our Ping says.
    pingAddress(core, source);
    return;
  }
  core.effects.push({
    kind: "datagram",
    to: source,
    message: {
      kind: "short-ack",
      from: here,
      incarnation: core.state.incarnation,
      sequence: message.sequence,
      digest: digest(core),
    },
  });
  hearFromShort(core, message.from, message.incarnation, source);
  hearDigest(core, sender, message.digest);
}

function byShort({ state }: Core, short: number): Member | undefined {
  const number = state.members.registry.findShort(short);
  return number === undefined ? undefined : state.members.memberAt(number);
}

function hearDigest(core: Core, sender: Member | undefined, theirs: number | undefined): void {
  if (sender !== undefined && theirs !== undefined && isOwn(sender)) compareDigest(core, sender.id, theirs);
}

function hearMessage(core: Core, message: GossipMessage, host: string): void {
  switch (message.kind) {
    case "hello":
      hearFrom(core, message.from, { host, port: message.from.gossipPort });
      return;
    case "summary":
      hearSummary(core, message);
      return;
    case "versions":
      hearVersions(core, message);
      return;
    case "want":
      hearWant(core, message);
      return;
    case "member":
      core.teller ??= message.fromId;
      hearMembership(core, message.value);
      tellerKnows(core, message);
      return;
    case "election":
    case "election-update":
      hearElection(core, message.kind, message.value);
      tellerKnows(core, message);
      return;
    case "service":
      hearRumor(core, message);
      tellerKnows(core, message);
      return;
    default:
      hearRumor(core, message);
  }
}

/** We were held up for this long: nobody else is to blame for answers we did not read. */
function heldUp(core: Core, lateMs: number): void {
  extendProbes(core, lateMs);
  extendSuspicions(core, lateMs);
  changeAwareness(core, 1, `held up for ${Math.round(lateMs)} ms`);
}

function pushEnded(core: Core, push: number, delivered: boolean): void {
  const to = pushed(core, push, delivered);
  if (delivered) return;
  syncPushFailed(core, push);
  if (to !== undefined) startProbe(core, to);
}

function linkChanged(core: Core, event: Extract<RingEvent, { kind: "link" }>): void {
  if (event.state === "up") {
    if (event.own) pushNow(core, event.to, [{ kind: "hello", from: ownRecord(core) }]);
    return;
  }
  linkBroke(core, event.to);
  if (core.leaving) return;
  if (event.state === "lost") startProbe(core, event.to);
  else if (core.neighbours.links.has(event.to)) probeByKnock(core, event.to);
}

function unreachable(core: Core, address: Address): void {
  const { members } = core.state;
  for (const { id } of core.probes.running.values()) {
    const member = members.get(id)?.member;
    if (member?.address === address.host && member.swimPort === address.port) probeByKnock(core, id);
  }
}

function announce(core: Core, rumor: Rumor): void {
  if (rumor.kind !== "service" || rumor.value.memberId !== core.state.self) {
    if (rumor.kind === "member") hearMembership(core, rumor.value);
    else if (rumor.kind === "election" || rumor.kind === "election-update")
      hearElection(core, rumor.kind, rumor.value);
    else hearRumor(core, rumor);
    return;
  }
  const { value } = rumor;
  core.announced.add(value.serviceGroup);
  const stored = core.state.services.get(value.serviceGroup)?.get(core.state.self);
  const incarnation =
    stored !== undefined && stored.incarnation >= value.incarnation
      ? nextIncarnation(stored.incarnation)
      : value.incarnation;
  insertService(core.state, { ...value, incarnation }, core.now);
}

/** An orderly end (§9.6): a record above all others that says so, to neighbours and some more at once. */
function leave(core: Core): void {
  const { state } = core;
  if (core.leaving) return;
  raiseIncarnation(core, nextIncarnation(state.incarnation));
  core.leaving = true;
  const address = core.self.address || (state.members.get(state.self)?.member.address ?? "");
  state.members.set(state.self, {
    member: { ...ownRecord(core), address },
    health: "departed",
    since: core.now,
  });
  state.counters.members++;
  oweToAll(core, memberKey(state.self));
  for (const member of farewells(core))
    core.effects.push({
      kind: "datagram",
      to: { host: member.address, port: member.swimPort },
      message: { kind: "ack", from: ownRecord(core), membership: piggyback(core, member.id) },
    });
}

function farewells({ state, random, neighbours }: Core): Member[] {
  const others = [...state.members.values()].filter(({ member }) => member.id !== state.self);
  const chosen = new Map<string, Member>();
  const near = new Set([...neighbours.links, ...neighbours.served]);
  for (const { member } of others) if (near.has(member.id)) chosen.set(member.id, member);
  for (let tries = 0; tries < 5 * FAREWELLS && chosen.size < near.size + FAREWELLS; tries++) {
    const entry = others[Math.floor(random() * others.length)];
    if (entry !== undefined && HEALTHS.indexOf(entry.health) < 2) chosen.set(entry.member.id, entry.member);
  }
  return [...chosen.values()];
}
