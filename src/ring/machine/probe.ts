// Finding out whether a member is there. A probe is a Ping; without an answer soon, another one, PingReqs through others,
// and a knock at its TCP port, which tells a dead process (refused), a dead host or cut cable (silence) and a process
// that is merely held up (open) apart. Several run at once. Held-up members get all the time the original gives.
import type { Member, Membership } from "../member.ts";
import { insertMembership } from "../membership.ts";
import type { Address, SwimMessage } from "../protocol.ts";
import {
  DIRECT_ANSWER_MS,
  LAST_PING_MS,
  PERIODS_PER_WANDERING_PROBE,
  PROBE_PERIOD_MS,
  RELAYS,
  RESTART_GRACE_MS,
  SILENCE_MS,
  STALL_MS,
  STALL_PING_MS,
} from "../timing.ts";
import {
  type Core,
  changeAwareness,
  digest,
  isOwn,
  nextSequence,
  note,
  ownRecord,
  patience,
} from "./core.ts";
import { oweToAll } from "./couriers.ts";
import { gossipAddress, swimAddress } from "./neighbours.ts";
import { hasNews, piggyback } from "./spread.ts";
import { accuse, beginSuspicion } from "./suspicion.ts";

type Stage = "pinged" | "asked" | "last" | "stalled";

interface Probe {
  readonly id: string;
  readonly startedAt: number;
  readonly sequence: number;
  stage: Stage;
  dueAt: number;
  /** What the latest knock told; "asked" while it tells nothing yet. */
  knock: "open" | "refused" | "silent" | "asked" | undefined;
  refusals: number;
  /** When to knock a second time after a refusal. */
  knockAgainAt: number;
  /** Relays of ours asked, which tell when they had no answer; and those that did. */
  relays: number;
  nacks: number;
  /** Somebody holds the member for dead: what to believe if it does not answer. */
  claim: Membership | undefined;
}

export interface Probes {
  readonly running: Map<string, Probe>;
  nextPeriodAt: number;
  period: number;
  /** Who is probed besides the successor. */
  readonly wandering: Wandering;
}

/** A walk over all registry numbers in one of many orders, which needs no list of them. */
interface Wandering {
  at: number;
  stride: number;
  /** How many numbers there were when this round began, and how many are still to come. */
  of: number;
  left: number;
}

export function noProbes(): Probes {
  return {
    running: new Map(),
    nextPeriodAt: Number.POSITIVE_INFINITY,
    period: 0,
    wandering: { at: 0, stride: 1, of: 1, left: 0 },
  };
}

/** Begins, at a random moment of the period. */
export function startProbing(core: Core): void {
  core.probes.nextPeriodAt = core.now + core.random() * PROBE_PERIOD_MS;
}

/** Probes whose turn it is, and carries on those that run. */
export function driveProbes(core: Core): void {
  const { probes, neighbours } = core;
  if (probes.running.size > 0) for (const probe of [...probes.running.values()]) advance(core, probe);
  if (core.now < probes.nextPeriodAt) return;
  probes.nextPeriodAt = core.now + PROBE_PERIOD_MS;
  probes.period++;
  if (neighbours.watched !== undefined) startProbe(core, neighbours.watched);
  const { watchedOriginals } = neighbours;
  const original = watchedOriginals[probes.period % Math.max(1, watchedOriginals.length)];
  if (original !== undefined) startProbe(core, original);
  if (neighbours.watched === undefined || probes.period % PERIODS_PER_WANDERING_PROBE === 0) {
    const wanderer = nextWanderer(core);
    if (wanderer !== undefined) startProbe(core, wanderer);
  }
}

export function probesDue({ probes }: Core): number {
  let next = probes.nextPeriodAt;
  if (probes.running.size === 0) return next;
  for (const { dueAt, knockAgainAt } of probes.running.values()) next = Math.min(next, dueAt, knockAgainAt);
  return next;
}

/** Probes a member now, unless that is under way. `claim`: what somebody says of it, believed if it does not answer. */
export function startProbe(core: Core, id: string, claim?: Membership): void {
  const entry = core.state.members.get(id);
  if (entry === undefined || id === core.state.self) return;
  const running = core.probes.running.get(id);
  if (running !== undefined) {
    running.claim ??= claim;
    return;
  }
  const probe: Probe = {
    id,
    startedAt: core.now,
    sequence: nextSequence(core),
    stage: "pinged",
    dueAt: core.now + DIRECT_ANSWER_MS * patience(core),
    knock: undefined,
    refusals: 0,
    knockAgainAt: Number.POSITIVE_INFINITY,
    relays: 0,
    nacks: 0,
    claim,
  };
  core.probes.running.set(id, probe);
  ping(core, entry.member, probe.sequence);
}

/** Something is wrong with the connection to a member: look at once whether anybody listens there. */
export function probeByKnock(core: Core, id: string): void {
  startProbe(core, id);
  const probe = core.probes.running.get(id);
  if (probe !== undefined && probe.knock === undefined) knock(core, probe);
}

/** An answer came: from the member itself, or by a relay. */
export function probeAnswered(core: Core, id: string): void {
  const probe = core.probes.running.get(id);
  if (probe === undefined) return;
  core.probes.running.delete(id);
  const outcome = probe.stage === "pinged" ? "ack" : "indirect";
  note(core, { kind: "probe", outcome, member: id, tookMs: core.now - probe.startedAt });
  changeAwareness(core, -1, "an answer in time");
}

export function nackHeard(core: Core, sequence: number): void {
  for (const probe of core.probes.running.values()) if (probe.sequence === sequence) probe.nacks++;
}

export function knocked(core: Core, id: string, answer: "open" | "refused" | "silent"): void {
  const probe = core.probes.running.get(id);
  if (probe === undefined) return;
  probe.knock = answer;
  if (answer !== "refused") return;
  probe.refusals++;
  if (probe.refusals > 1) fail(core, probe, "nothing listens there any more");
  else probe.knockAgainAt = core.now + RESTART_GRACE_MS;
}

/** We were held up: answers may lie unread, so everybody gets that time on top. */
export function extendProbes(core: Core, byMs: number): void {
  for (const probe of core.probes.running.values()) {
    probe.dueAt += byMs;
    if (probe.knockAgainAt !== Number.POSITIVE_INFINITY) probe.knockAgainAt += byMs;
  }
}

/** Sends a Ping, the short one where the other side knows us and there is nothing more to say. */
export function ping(core: Core, member: Member, sequence: number): void {
  const entry = core.state.members.get(member.id);
  const acquainted = entry?.health === "alive" && isOwn(entry.member) && !core.leaving;
  const { registry } = core.state.members;
  const message: SwimMessage =
    acquainted && !hasNews(core)
      ? {
          kind: "short-ping",
          from: registry.short(registry.number(core.state.self)),
          to: registry.short(registry.number(member.id)),
          incarnation: core.state.incarnation,
          sequence,
          digest: digest(core),
        }
      : {
          kind: "ping",
          from: ownRecord(core),
          membership: piggyback(core, member.id),
          sequence,
          digest: digest(core),
        };
  core.effects.push({ kind: "datagram", to: swimAddress(member), message });
}

/** Sends a Ping to whoever is at an address; who that is, the Ack says. */
export function pingAddress(core: Core, to: Address): void {
  core.effects.push({
    kind: "datagram",
    to,
    message: {
      kind: "ping",
      from: ownRecord(core),
      membership: piggyback(core, undefined),
      sequence: nextSequence(core),
      digest: digest(core),
    },
  });
}

function advance(core: Core, probe: Probe): void {
  const entry = core.state.members.get(probe.id);
  if (entry === undefined) {
    core.probes.running.delete(probe.id);
    return;
  }
  if (probe.knockAgainAt <= core.now) {
    probe.knockAgainAt = Number.POSITIVE_INFINITY;
    knock(core, probe);
  }
  if (probe.dueAt > core.now) return;
  const at = (afterMs: number): number => probe.startedAt + afterMs * patience(core);
  switch (probe.stage) {
    case "pinged":
      probe.stage = "asked";
      probe.dueAt = Math.max(core.now, at(LAST_PING_MS));
      ping(core, entry.member, probe.sequence);
      askRelays(core, probe, entry.member);
      // A process that has just died listens a moment longer than its connections last.
      if (probe.knock === undefined || probe.knock === "open") knock(core, probe);
      break;
    case "asked":
      probe.stage = "last";
      probe.dueAt = Math.max(core.now, at(SILENCE_MS));
      ping(core, entry.member, probe.sequence);
      break;
    case "last":
      if (probe.knock !== "open") {
        fail(core, probe, "it does not answer");
        break;
      }
      probe.stage = "stalled";
      probe.dueAt = core.now + STALL_PING_MS;
      break;
    case "stalled":
      if (core.now >= at(STALL_MS)) {
        fail(core, probe, "it listens, but does not answer");
        break;
      }
      probe.dueAt = core.now + STALL_PING_MS;
      ping(core, entry.member, probe.sequence);
      // It may die while it is waited for.
      if (probe.knock !== "asked" && probe.knock !== "refused") knock(core, probe);
  }
}

function knock(core: Core, probe: Probe): void {
  const member = core.state.members.get(probe.id)?.member;
  if (member === undefined) return;
  probe.knock = "asked";
  core.effects.push({
    kind: "knock",
    to: probe.id,
    address: gossipAddress(member),
    withinMs: (SILENCE_MS - DIRECT_ANSWER_MS) * patience(core),
  });
}

function askRelays(core: Core, probe: Probe, target: Member): void {
  for (const relay of chooseRelays(core, target.id)) {
    if (isOwn(relay)) probe.relays++;
    core.effects.push({
      kind: "datagram",
      to: swimAddress(relay),
      message: {
        kind: "ping-req",
        from: ownRecord(core),
        target,
        membership: [],
        sequence: probe.sequence,
      },
    });
  }
}

/** Members of ours before originals: they tell when there was no answer, and take no harm where the target is unknown. */
function chooseRelays({ state, random }: Core, targetId: string): Member[] {
  const { members, self } = state;
  const chosen = new Map<string, Member>();
  const originals = new Map<string, Member>();
  if (members.end === 0) return [];
  for (let tries = 0; tries < 10 * RELAYS && chosen.size < RELAYS; tries++) {
    const number = Math.floor(random() * members.end);
    if (members.healthAt(number) !== "alive") continue;
    const member = members.memberAt(number);
    if (member === undefined || member.id === self || member.id === targetId) continue;
    (isOwn(member) ? chosen : originals).set(member.id, member);
  }
  return [...chosen.values(), ...originals.values()].slice(0, RELAYS);
}

function fail(core: Core, probe: Probe, why: string): void {
  const { state, probes } = core;
  probes.running.delete(probe.id);
  const entry = state.members.get(probe.id);
  if (entry === undefined) return;
  note(core, { kind: "probe", outcome: "failed", member: probe.id, tookMs: core.now - probe.startedAt });
  // All relays silent too: it may be us who are cut off.
  if (probe.relays > 0 && probe.nacks === 0 && probe.refusals === 0)
    changeAwareness(core, 1, "neither a member nor any relay answered");
  if (entry.health === "alive" || entry.health === "suspect") {
    const suspicion = beginSuspicion(core, probe.id, entry.member.incarnation);
    suspicion.stalled =
      probe.knock === "open" ||
      (probe.stage === "stalled" && probe.knock === "asked" && probe.refusals === 0);
    if (entry.health === "alive") {
      accuse(core, probe.id, entry.member.incarnation, state.self);
      core.reasons.set(probe.id, why);
      insertMembership(state, { member: entry.member, health: "suspect" }, core.now);
    } else if (!suspicion.stalled && accuse(core, probe.id, entry.member.incarnation, state.self)) {
      oweToAll(core, { kind: "member", id: probe.id, key: "", accuser: state.self });
    }
  }
  const claim = probe.claim;
  if (claim !== undefined && claim.member.incarnation >= entry.member.incarnation)
    insertMembership(state, { member: { ...entry.member, ...claim.member }, health: claim.health }, core.now);
}

/** All members in a random order, again and again; the dead ones among them only if they are permanent peers. */
function nextWanderer({ probes, state, random }: Core): string | undefined {
  const { members } = state;
  const { wandering } = probes;
  for (let looked = 0; looked <= members.end; looked++) {
    if (wandering.left <= 0) beginRound(wandering, members.end, random);
    wandering.left--;
    wandering.at = (wandering.at + wandering.stride) % wandering.of;
    const health = members.healthAt(wandering.at);
    const member = health === undefined ? undefined : members.memberAt(wandering.at);
    if (member === undefined || member.id === state.self) continue;
    if (health === "alive" || health === "suspect" || member.persistent) return member.id;
  }
  return undefined;
}

/** A stride without a common divisor comes by every number once; another one each round, so that nobody is always late. */
function beginRound(wandering: Wandering, numbers: number, random: () => number): void {
  wandering.of = Math.max(1, numbers);
  wandering.left = wandering.of;
  wandering.at = Math.floor(random() * wandering.of);
  do wandering.stride = 1 + Math.floor(random() * wandering.of);
  while (!haveNoCommonDivisor(wandering.stride, wandering.of));
}

function haveNoCommonDivisor(a: number, b: number): boolean {
  let [larger, smaller] = [a, b];
  while (smaller > 0) [larger, smaller] = [smaller, larger % smaller];
  return larger === 1;
}
