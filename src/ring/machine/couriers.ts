// What each neighbour is still owed. A rumor counts as told only when it was handed over; while one push is on its way,
// what changes meanwhile gathers and goes with the next, in its newest version.
import { isIPv4 } from "node:net";
import type { GossipMessage } from "../protocol.ts";
import { electionKey, memberKey, type Rumor, type RumorKey, serviceKey } from "../rumor.ts";
import { storedRumor } from "../stored-rumors.ts";
import { JOIN_LAST_MS, LINK_RETRY_MS, RETELL_ORIGINAL_MS } from "../timing.ts";
import { isSame } from "./ballot.ts";
import { type Core, isOwn, keyText } from "./core.ts";
import { PUSH_BYTES, PUSH_MESSAGES } from "./limits.ts";
import { gossipAddress } from "./neighbours.ts";
import { contentBytes, contentHash, otherKeys } from "./records.ts";
import { firstAccuser } from "./suspicion.ts";

/** A rumor owed, or word of who accuses a suspect, which is no record of its own. */
export type Owed = RumorKey & { readonly accuser?: string };

export interface Courier {
  readonly owed: Map<string, Owed>;
  /** What is on its way. */
  sent: { readonly push: number; readonly owed: readonly Owed[] } | undefined;
  retryAt: number;
  failures: number;
  /** When an original member was told everything. */
  toldAllAt: number;
}

export interface Couriers {
  /** By member id. */
  readonly to: Map<string, Courier>;
  /** Whether anything changed since they were looked at that decides what goes to whom. */
  stale: boolean;
  /** How often members had changed then. */
  members: number;
  /** When time alone brings something to do. */
  dueAt: number;
}

export function noCouriers(): Couriers {
  return { to: new Map(), stale: true, members: 0, dueAt: Number.POSITIVE_INFINITY };
}

/** The courier to a member, a new one if there is none. */
export function courierTo({ couriers }: Core, id: string): Courier {
  const known = couriers.to.get(id);
  if (known !== undefined) return known;
  const courier: Courier = {
    owed: new Map(),
    sent: undefined,
    retryAt: Number.NEGATIVE_INFINITY,
    failures: 0,
    toldAllAt: Number.NEGATIVE_INFINITY,
  };
  couriers.to.set(id, courier);
  return courier;
}

/** Owes a rumor to a member. */
export function owe(core: Core, to: string, owed: Owed): void {
  if (to === core.state.self) return;
  core.couriers.stale = true;
  courierTo(core, to).owed.set(owedText(owed), owed);
}

/** A member that tells us what is stored here just so need not be told of it. */
export function tellerKnows(core: Core, rumor: Common): void {
  const owed = core.teller === undefined ? undefined : core.couriers.to.get(core.teller)?.owed;
  if (owed === undefined || owed.size === 0) return;
  const key = keyOf(rumor);
  const text = keyText(key);
  if (owed.has(text) && isStored(core, rumor, key)) owed.delete(text);
}

/** What there is most of. */
type Common = Extract<Rumor, { kind: "member" | "service" | "election" | "election-update" }>;

function keyOf({ kind, value }: Common): RumorKey {
  if (kind === "member") return memberKey(value.member.id);
  return kind === "service"
    ? serviceKey(value.memberId, value.serviceGroup)
    : electionKey(kind, value.serviceGroup);
}

function isStored({ state }: Core, rumor: Common, key: RumorKey): boolean {
  const stored = storedRumor(state, key);
  if (rumor.kind === "member") {
    if (stored?.kind !== "member") return false;
    const { member, health } = stored.value;
    return member.incarnation === rumor.value.member.incarnation && health === rumor.value.health;
  }
  if (rumor.kind === "service")
    return (
      stored?.kind === "service" &&
      contentHash(stored) === contentHash(rumor) &&
      stored.value.incarnation === rumor.value.incarnation
    );
  return stored?.kind === rumor.kind && isSame(stored.value, rumor.value);
}

function owedText(owed: Owed): string {
  return owed.accuser === undefined ? keyText(owed) : `${owed.id} accused by ${owed.accuser}`;
}

/**
 * Owes a rumor to all neighbours and all original members we serve, except to whom it came from. `links`: to no more than
 * the first so many, which are those beside us.
 */
export function oweToAll(core: Core, owed: Owed, links = Number.POSITIVE_INFINITY): void {
  // What was said of us we have contradicted: that is news to whoever said it, too.
  const from = owed.id === core.state.self ? undefined : core.teller;
  let left = links;
  for (const id of core.neighbours.links) {
    if (left-- <= 0) break;
    if (id !== from) owe(core, id, owed);
  }
  if (owed.accuser === undefined)
    for (const id of core.neighbours.served) if (id !== from) owe(core, id, owed);
}

/** Owes everything stored: to an original member that never asks. */
export function oweEverything(core: Core, to: string): void {
  for (const id of core.state.members.keys()) owe(core, to, memberKey(id));
  for (const key of otherKeys(core.records)) owe(core, to, key);
  courierTo(core, to).toldAllAt = core.now;
}

/** Sends messages at once, outside of what is owed; the number of the push, 0 where the member is not known. */
export function pushNow(core: Core, to: string, messages: readonly GossipMessage[]): number {
  const member = core.state.members.get(to)?.member;
  if (member === undefined || to === core.state.self) return 0;
  core.push++;
  core.effects.push({ kind: "push", push: core.push, to, address: gossipAddress(member), messages });
  return core.push;
}

/** Sends what is owed to whoever is free; lets go of couriers nobody needs. */
export function dispatchCouriers(core: Core): void {
  const { couriers, neighbours, state } = core;
  if (!couriers.stale && couriers.members === state.counters.members && core.now < couriers.dueAt) return;
  for (const id of neighbours.served)
    if (courierTo(core, id).toldAllAt + RETELL_ORIGINAL_MS <= core.now) oweEverything(core, id);
  for (const [id, courier] of couriers.to) {
    const needed = neighbours.links.has(id) || neighbours.served.has(id);
    if (courier.sent !== undefined) continue;
    if (courier.owed.size === 0 || !isReachable(core, id)) {
      if (!needed) couriers.to.delete(id);
      continue;
    }
    if (courier.retryAt <= core.now) send(core, id, courier);
  }
  couriers.stale = false;
  couriers.members = state.counters.members;
  couriers.dueAt = nextDue(core);
}

/** When the next retry is due, as things were when couriers were looked at last. */
export function couriersDue({ couriers }: Core): number {
  return couriers.dueAt;
}

function nextDue(core: Core): number {
  let next = Number.POSITIVE_INFINITY;
  for (const [id, { owed, sent, retryAt, toldAllAt }] of core.couriers.to) {
    if (sent === undefined && owed.size > 0 && isReachable(core, id)) next = Math.min(next, retryAt);
    if (core.neighbours.served.has(id)) next = Math.min(next, toldAllAt + RETELL_ORIGINAL_MS);
  }
  return next;
}

/** A push was handed over, or not: then it is owed still. Answers the member it was for. */
export function pushed(core: Core, push: number, delivered: boolean): string | undefined {
  for (const [id, courier] of core.couriers.to) {
    if (courier.sent?.push !== push) continue;
    const { owed } = courier.sent;
    courier.sent = undefined;
    if (courier.owed.size > 0) core.couriers.stale = true;
    if (delivered) courier.failures = 0;
    else {
      for (const one of owed) owe(core, id, one);
      courier.retryAt = core.now + Math.min(JOIN_LAST_MS, LINK_RETRY_MS * 2 ** courier.failures);
      courier.failures++;
      core.couriers.stale = true;
    }
    return id;
  }
  return undefined;
}

function isReachable({ state }: Core, id: string): boolean {
  const entry = state.members.get(id);
  return (
    entry !== undefined && (entry.health === "alive" || entry.health === "suspect" || entry.member.persistent)
  );
}

function send(core: Core, id: string, courier: Courier): void {
  const member = core.state.members.get(id)?.member;
  if (member === undefined) return;
  const taken: Owed[] = [];
  const messages: GossipMessage[] = [];
  let bytes = 0;
  for (const [text, owed] of courier.owed) {
    if (messages.length >= PUSH_MESSAGES || bytes >= PUSH_BYTES) break;
    courier.owed.delete(text);
    const message = messageFor(core, owed, isOwn(member));
    if (message === undefined) continue;
    bytes += contentBytes(message);
    taken.push(owed);
    messages.push(message);
  }
  if (messages.length === 0) return;
  if (!isOwn(member)) messages.splice(0, messages.length, ...inSafeOrder(core, messages));
  core.push++;
  courier.sent = { push: core.push, owed: taken };
  core.effects.push({ kind: "push", push: core.push, to: id, address: gossipAddress(member), messages });
}

/**
 * Elections after all else, each with the service of its candidate before it: an original member ends when it hears of a
 * leader before it has heard of that leader's service (§5.3).
 */
function inSafeOrder({ state }: Core, messages: readonly GossipMessage[]): GossipMessage[] {
  const others: GossipMessage[] = [];
  const elections: GossipMessage[] = [];
  for (const message of messages) {
    if (message.kind !== "election" && message.kind !== "election-update") {
      others.push(message);
      continue;
    }
    const { serviceGroup, candidate } = message.value;
    const service = storedRumor(state, serviceKey(candidate, serviceGroup));
    if (service !== undefined) others.push(service);
    // Without it, better no word of the election; it is told again with everything else.
    if (service !== undefined || message.value.status !== "finished") elections.push(message);
  }
  return [...others, ...elections];
}

/** A rumor as it is told to a member of ours, with what only those understand, or to an original one. */
function messageFor(core: Core, owed: Owed, own: boolean): Rumor | undefined {
  const rumor = storedRumor(core.state, owed);
  if (rumor?.kind !== "member") return rumor;
  const entry = core.state.members.get(owed.id);
  if (entry === undefined) return undefined;
  // An original member that probes what it cannot parse as an address loses its probing for good (§5.3).
  if (!own) return isPlainAddress(entry.member.address) ? rumor : undefined;
  const { health } = entry;
  const accuser = owed.accuser ?? firstAccuser(core, owed.id);
  return {
    ...rumor,
    value: {
      ...rumor.value,
      ...(health === "suspect" && accuser !== undefined ? { accuser } : {}),
      ...(health === "confirmed" || health === "departed"
        ? { ageMs: Math.max(0, Math.round(core.now - entry.since)) }
        : {}),
    },
  };
}

/** An IPv4 address, the only kind the original can parse. */
export function isPlainAddress(address: string): boolean {
  return isIPv4(address);
}
