// How a change reaches everybody: at once over the connections to the neighbours, each of which hands it on; and, for
// memberships, beside Pings and Acks, those told least often first, so that it also gets through where TCP does not.
import { SWIM_LIMIT_ENCRYPTED_BYTES } from "../limits.ts";
import type { Member, Membership } from "../member.ts";
import type { RumorKey } from "../rumor.ts";
import { type Core, isOwn } from "./core.ts";
import { isPlainAddress, oweToAll } from "./couriers.ts";
import { updateRecord } from "./records.ts";
import { firstAccuser } from "./suspicion.ts";

/** Memberships in one datagram: a Wire has at most 1024 bytes (reference/butterfly.md §6), 47 of them for encryption. */
const PIGGYBACK_BYTES = 700;
const PIGGYBACK_COUNT = 7;

/** Pieces of news looked at for one datagram: not every one can go to everybody. */
const LOOKED_AT = 2 * PIGGYBACK_COUNT;

/** More records than this of members that come to life within the window are a burst… */
const BURST_RECORDS = 8;
const BURST_WINDOW_MS = 1000;

/** …of which word goes to the two beside us and to one more. */
const BURST_LINKS = 3;

/** …and no more pieces of such news than this wait for datagrams. */
const BURST_PIGGYBACK = 32;

/** At least what a datagram takes besides memberships, without the own id and address and without a `forward_to`. */
const HEAD_BYTES = 100;

export interface Spread {
  /** Members whose news has gone out in no datagram yet. */
  readonly unheard: Set<string>;
  /** Member id → in how many datagrams its news has gone out; the one longest not told first. */
  readonly heard: Map<string, number>;
  /** What this member sends us in bulk (we take in a whole ring) is known to the others: not told again until then. */
  quietFrom: string | undefined;
  quietUntil: number;
  /** How many records of members that came to life were new in the window that began then. */
  burstSince: number;
  burst: number;
}

export function nothingToSpread(): Spread {
  return {
    unheard: new Set(),
    heard: new Map(),
    quietFrom: undefined,
    quietUntil: Number.NEGATIVE_INFINITY,
    burstSince: Number.NEGATIVE_INFINITY,
    burst: 0,
  };
}

/** Tells of one changed record. */
export function spreadChange(core: Core, key: RumorKey): void {
  core.changedAt = core.now;
  if (key.kind !== "member") updateRecord(core.records, core.state, key);
  const { quietFrom, quietUntil } = core.spread;
  if (core.now < quietUntil && core.teller === quietFrom && key.id !== core.state.self) return;
  const many = isOneOfMany(core, key);
  oweToAll(core, key, many ? BURST_LINKS : undefined);
  if (key.kind !== "member" || (many && core.spread.unheard.size >= BURST_PIGGYBACK)) return;
  core.spread.heard.delete(key.id);
  core.spread.unheard.add(key.id);
}

/**
 * Whether so many others have come to life, with their services, at about the same time that each need not go every way
 * at once: as when a whole ring is started again. The circle alone reaches everybody; where it is broken, the digests do.
 */
function isOneOfMany({ spread, state, now }: Core, { kind, id }: RumorKey): boolean {
  if (id === state.self || (kind !== "service" && kind !== "member")) return false;
  if (state.members.healthOf(id) !== "alive") return false;
  if (now - spread.burstSince >= BURST_WINDOW_MS) {
    // What came in the window before tells that it goes on.
    const goesOn = now - spread.burstSince < 2 * BURST_WINDOW_MS;
    spread.burst = goesOn ? Math.min(spread.burst, BURST_RECORDS + 1) >> 1 : 0;
    spread.burstSince = now;
  }
  spread.burst++;
  return spread.burst > BURST_RECORDS;
}

/**
 * What goes beside a datagram to a member: its own record where it has to know it, then the news told least often.
 * `besides`: a record in the message itself, which takes room too.
 */
export function piggyback(core: Core, to: string | undefined, besides?: Member): Membership[] {
  const { state, spread } = core;
  const entry = to === undefined ? undefined : state.members.get(to);
  const plain = entry === undefined || !isOwn(entry.member);
  const chosen: Membership[] = [];
  let room = Math.min(PIGGYBACK_BYTES, roomBeside(core, besides));
  const add = (id: string): boolean => {
    const known = state.members.get(id);
    if (known === undefined || (plain && !isPlainAddress(known.member.address))) return false;
    const accuser = known.health === "suspect" && !plain ? firstAccuser(core, id) : undefined;
    const size = recordBytes(known.member) + (accuser === undefined ? 0 : 8 + Buffer.byteLength(accuser));
    if (size > room) return false;
    room -= size;
    chosen.push({
      member: known.member,
      health: known.health,
      ...(accuser === undefined ? {} : { accuser }),
    });
    return true;
  };
  if (to !== undefined && entry !== undefined && (plain || entry.health !== "alive")) add(to);
  const limit = timesToTell(state.members.size);
  for (const [id, times] of latestNews(spread)) {
    if (chosen.length >= PIGGYBACK_COUNT) break;
    const told = id === to || add(id);
    // What has no place in this datagram may have one in the next.
    if (!told && state.members.has(id)) continue;
    spread.unheard.delete(id);
    spread.heard.delete(id);
    if (told && times + 1 < limit) spread.heard.set(id, times + 1);
  }
  return chosen;
}

/** What a datagram leaves for news: below 0 if it is too long by itself, because of the record another member put into it. */
export function roomBeside(core: Core, besides: Member | undefined): number {
  const own = HEAD_BYTES + Buffer.byteLength(core.state.self) + Buffer.byteLength(core.self.address);
  return SWIM_LIMIT_ENCRYPTED_BYTES - own - (besides === undefined ? 0 : recordBytes(besides));
}

/** At least as much as a record takes in a datagram. */
function recordBytes({ id, address }: Member): number {
  return 60 + Buffer.byteLength(id) + Buffer.byteLength(address);
}

/** Whether there is news to go beside a datagram. */
export function hasNews({ spread }: Core): boolean {
  return spread.unheard.size > 0 || spread.heard.size > 0;
}

/** In how many datagrams each piece of news goes out (SWIM's λ log n). */
function timesToTell(members: number): number {
  return 3 * Math.ceil(Math.log2(members + 2));
}

/** What is told least often, and how often: as much as is looked at for one datagram. */
function latestNews({ unheard, heard }: Spread): (readonly [id: string, times: number])[] {
  const news: (readonly [string, number])[] = [];
  for (const id of unheard) {
    if (news.length >= LOOKED_AT) break;
    news.push([id, 0]);
  }
  const enough = news.length + LOOKED_AT;
  for (const entry of heard) {
    if (news.length >= enough) break;
    news.push(entry);
  }
  return news;
}
