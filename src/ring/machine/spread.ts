// How a change reaches everybody: at once over the connections to the neighbours, each of which hands it on; and, for
// memberships, beside Pings and Acks, those told least often first, so that it also gets through where TCP does not.
import type { Membership } from "../member.ts";
import type { RumorKey } from "../rumor.ts";
import { type Core, isOwn } from "./core.ts";
import { isPlainAddress, oweToAll } from "./couriers.ts";
import { updateRecord } from "./records.ts";
import { firstAccuser } from "./suspicion.ts";

/** Memberships in one datagram: a Wire has at most 1024 bytes (reference/butterfly.md §6), 47 of them for encryption. */
const PIGGYBACK_BYTES = 700;
const PIGGYBACK_COUNT = 7;

export interface Spread {
  /** Members whose news has gone out in no datagram yet. */
  readonly unheard: Set<string>;
  /** Member id → in how many datagrams its news has gone out; the one longest not told first. */
  readonly heard: Map<string, number>;
  /** What was received in bulk (a joiner taking in the whole ring) is known to the others: not told again until then. */
  quietUntil: number;
}

export function nothingToSpread(): Spread {
  return { unheard: new Set(), heard: new Map(), quietUntil: Number.NEGATIVE_INFINITY };
}

/** Tells of one changed record. */
export function spreadChange(core: Core, key: RumorKey): void {
  core.changedAt = core.now;
  if (key.kind !== "member") updateRecord(core.records, core.state, key);
  const quiet = core.now < core.spread.quietUntil && key.id !== core.state.self;
  if (quiet) return;
  oweToAll(core, key);
  if (key.kind === "member") {
    core.spread.heard.delete(key.id);
    core.spread.unheard.add(key.id);
  }
}

/** What goes beside a datagram to a member: its own record where it has to know it, then the news told least often. */
export function piggyback(core: Core, to: string | undefined): Membership[] {
  const { state, spread } = core;
  const entry = to === undefined ? undefined : state.members.get(to);
  const plain = entry === undefined || !isOwn(entry.member);
  const chosen: Membership[] = [];
  let bytes = 0;
  const add = (id: string): boolean => {
    const known = state.members.get(id);
    if (known === undefined || (plain && !isPlainAddress(known.member.address))) return false;
    const accuser = known.health === "suspect" ? firstAccuser(core, id) : undefined;
    const size = 60 + Buffer.byteLength(id) + known.member.address.length + (accuser === undefined ? 0 : 40);
    if (bytes + size > PIGGYBACK_BYTES) return false;
    bytes += size;
    chosen.push({
      member: known.member,
      health: known.health,
      ...(accuser === undefined || plain ? {} : { accuser }),
    });
    return true;
  };
  if (to !== undefined && entry !== undefined && (plain || entry.health !== "alive")) add(to);
  for (const id of spread.unheard) {
    if (chosen.length >= PIGGYBACK_COUNT) return chosen;
    spread.unheard.delete(id);
    if (id === to || add(id)) spread.heard.set(id, 1);
  }
  const limit = timesToTell(state.members.size);
  for (const [id, times] of [...firstOf(spread.heard, PIGGYBACK_COUNT)]) {
    if (chosen.length >= PIGGYBACK_COUNT) break;
    if (id === to || chosen.some(({ member }) => member.id === id) || !add(id)) continue;
    spread.heard.delete(id);
    if (times + 1 < limit) spread.heard.set(id, times + 1);
  }
  return chosen;
}

/** Whether there is news to go beside a datagram. */
export function hasNews({ spread }: Core): boolean {
  return spread.unheard.size > 0 || spread.heard.size > 0;
}

/** In how many datagrams each piece of news goes out (SWIM's λ log n). */
function timesToTell(members: number): number {
  return 3 * Math.ceil(Math.log2(members + 2));
}

function* firstOf<Item>(items: Iterable<Item>, count: number): Generator<Item> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}
