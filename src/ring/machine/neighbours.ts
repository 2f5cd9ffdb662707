// Who is next to whom. Members stand in a circle, in the order of their short ids. Each watches the one after it, and keeps
// connections to the ones beside it and to a few at random, over which rumors go at once: whoever the random ones leave
// out is reached from the side. Original members are served by the members of ours before them.
import type { Member } from "../member.ts";
import type { Address } from "../protocol.ts";
import { CONFIRMERS, LINK_REFRESH_MS, LINK_RETRY_MS, RANDOM_LINKS, SERVERS_PER_ORIGINAL } from "../timing.ts";
import { type Core, isOwn } from "./core.ts";

/** In rings up to this size the neighbours are looked for after each change, at once. */
const SMALL_RING = 200;

export interface Neighbours {
  /** Whether membership changed since they were chosen. */
  stale: boolean;
  chosenAt: number;
  /** Ids of members of ours to which rumors are pushed. */
  links: Set<string>;
  /** Ids of original members we tell everything. */
  served: Set<string>;
  /** The member we watch. */
  watched: string | undefined;
  /** Original members between us and the next member of ours: they watch nobody as we do, so we watch them too. */
  watchedOriginals: string[];
  /** Neighbours whose connection broke, and when to try it again. */
  readonly broken: Map<string, number>;
}

export function noNeighbours(): Neighbours {
  return {
    stale: true,
    chosenAt: Number.NEGATIVE_INFINITY,
    links: new Set(),
    served: new Set(),
    watched: undefined,
    watchedOriginals: [],
    broken: new Map(),
  };
}

/** Where a member takes connections. */
export function gossipAddress(member: Member): Address {
  return { host: member.address, port: member.gossipPort };
}

/** Where a member takes datagrams. */
export function swimAddress(member: Member): Address {
  return { host: member.address, port: member.swimPort };
}

/** Whether it is time to choose anew; links that come and go are asked for as effects. */
export function refreshNeighbours(core: Core): void {
  const { neighbours, state } = core;
  if (!neighbours.stale) return;
  if (state.members.size > SMALL_RING && core.now < neighboursDue(core)) return;
  neighbours.stale = false;
  neighbours.chosenAt = core.now;
  const around = lookAround(core);
  neighbours.watched = around.next;
  neighbours.watchedOriginals = around.originalsAfter;
  neighbours.served = new Set(around.served);
  replaceLinks(core, around);
}

/** When neighbours put off are to be chosen. */
export function neighboursDue({ neighbours }: Core): number {
  return neighbours.stale ? neighbours.chosenAt + LINK_REFRESH_MS : Number.POSITIVE_INFINITY;
}

/** The connection to a neighbour broke, or did not come about. */
export function linkBroke({ neighbours, now }: Core, id: string): void {
  if (neighbours.links.has(id)) neighbours.broken.set(id, now + LINK_RETRY_MS);
}

/** Asks again for connections that broke, as long as the neighbour is one. */
export function retryBrokenLinks(core: Core): void {
  const { broken, links } = core.neighbours;
  for (const [id, at] of broken) {
    if (at > core.now) continue;
    broken.delete(id);
    const member = core.state.members.get(id)?.member;
    if (links.has(id) && member !== undefined)
      core.effects.push({ kind: "link", to: id, address: gossipAddress(member) });
  }
}

export function brokenLinksDue({ neighbours }: Core): number {
  let next = Number.POSITIVE_INFINITY;
  for (const at of neighbours.broken.values()) next = Math.min(next, at);
  return next;
}

/** Whether we are one of the few that are to try a suspect for themselves: those after it in the circle. */
export function isConfirmer(core: Core, suspectId: string): boolean {
  const { members, self } = core.state;
  const { registry } = members;
  const suspect = registry.short(registry.number(suspectId));
  const ownDistance = distance(suspect, registry.short(registry.number(self)));
  let between = 0;
  for (let number = 0; number < members.end; number++) {
    if (members.healthAt(number) !== "alive" || registry.id(number) === self) continue;
    if (distance(suspect, registry.short(number)) < ownDistance && ++between >= CONFIRMERS) return false;
  }
  return true;
}

interface Around {
  /** The living member of ours next after us in the circle, and the one before. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
  /** All others of ours that live, by registry number. */
  readonly own: readonly number[];
  readonly originalsAfter: string[];
  readonly served: string[];
}

const CIRCLE = 2 ** 48;

/** Steps around the circle from one place to another. */
export function distance(from: number, to: number): number {
  return (to - from + CIRCLE) % CIRCLE;
}

/** One pass over the table: a ring of thousands changes often while it starts. */
function lookAround(core: Core): Around {
  const { members, self } = core.state;
  const { registry } = members;
  const here = registry.short(registry.number(self));
  const own: number[] = [];
  const originals: number[] = [];
  let next = -1;
  let nextDistance = Number.POSITIVE_INFINITY;
  let previous = -1;
  let previousDistance = -1;
  for (let number = 0; number < members.end; number++) {
    const member = members.memberAt(number);
    if (member === undefined || members.healthAt(number) !== "alive" || member.id === self) continue;
    if (!isOwn(member)) {
      originals.push(number);
      continue;
    }
    own.push(number);
    const away = distance(here, registry.short(number));
    if (away < nextDistance) {
      next = number;
      nextDistance = away;
    }
    if (away > previousDistance) {
      previous = number;
      previousDistance = away;
    }
  }
  const id = (number: number): string => registry.id(number);
  const originalsAfter = originals.filter((number) => distance(here, registry.short(number)) < nextDistance);
  return {
    next: next < 0 ? undefined : id(next),
    previous: previous < 0 ? undefined : id(previous),
    own,
    originalsAfter: originalsAfter.map(id),
    served: originals.filter((number) => serves(core, own, number)).map(id),
  };
}

/** An original member is served by the members of ours nearest before it in the circle. */
function serves({ state }: Core, own: readonly number[], original: number): boolean {
  const { registry } = state.members;
  const place = registry.short(original);
  const ownDistance = distance(registry.short(registry.number(state.self)), place);
  let nearer = 0;
  for (const number of own)
    if (distance(registry.short(number), place) < ownDistance && ++nearer >= SERVERS_PER_ORIGINAL)
      return false;
  return true;
}

function replaceLinks(core: Core, { next, previous, own }: Around): void {
  const { neighbours, state } = core;
  const { members } = state;
  const wanted = new Set([next, previous].filter((id) => id !== undefined));
  const beside = wanted.size;
  for (const id of neighbours.links) {
    if (wanted.size >= beside + RANDOM_LINKS) break;
    if (members.healthAt(members.registry.number(id)) === "alive") wanted.add(id);
  }
  const enough = Math.min(beside + RANDOM_LINKS, own.length);
  for (let tries = 0; wanted.size < enough && tries < 50; tries++) {
    const number = own[Math.floor(core.random() * own.length)];
    if (number !== undefined) wanted.add(members.registry.id(number));
  }
  for (const id of neighbours.links) if (!wanted.has(id)) core.effects.push({ kind: "unlink", to: id });
  for (const id of wanted) {
    const member = state.members.get(id)?.member;
    if (!neighbours.links.has(id) && member !== undefined)
      core.effects.push({ kind: "link", to: id, address: gossipAddress(member) });
  }
  neighbours.links = wanted;
}
