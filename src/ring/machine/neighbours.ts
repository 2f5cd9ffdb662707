// Who is next to whom. Members stand in a circle, in the order of their short ids. Each watches the one after it, and keeps
// connections to the ones beside it and to a few at random, over which rumors go at once: whoever the random ones leave
// out is reached from the side. Original members are served by the members of ours before them.
import type { Member } from "../member.ts";
import type { MemberTable } from "../member-table.ts";
import type { Address } from "../protocol.ts";
import { CONFIRMERS, LINK_REFRESH_MS, LINK_RETRY_MS, RANDOM_LINKS, SERVERS_PER_ORIGINAL } from "../timing.ts";
import { type Core, isOwn } from "./core.ts";

/** Places looked at by chance before all are gone through. */
const RANDOM_TRIES = 30;

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
  core.couriers.stale = true;
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
  if (broken.size === 0) return;
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
  if (neighbours.broken.size === 0) return next;
  for (const at of neighbours.broken.values()) next = Math.min(next, at);
  return next;
}

/** Whether we are one of the few that are to try a suspect for themselves: those after it in the circle. */
export function isConfirmer(core: Core, suspectId: string): boolean {
  const { members, self } = core.state;
  const { registry } = members;
  const suspect = registry.number(suspectId);
  const here = registry.number(self);
  let between = 0;
  for (let steps = 1; steps < registry.size; steps++) {
    const number = registry.beside(suspect, steps);
    if (number === here) return true;
    if (members.healthAt(number) === "alive" && ++between >= CONFIRMERS) return false;
  }
  return true;
}

interface Around {
  /** The living member of ours next after us in the circle, and the one before. */
  readonly next: string | undefined;
  readonly previous: string | undefined;
  readonly originalsAfter: string[];
  readonly served: string[];
}

const CIRCLE = 2 ** 48;

/** Steps around the circle from one place to another. */
export function distance(from: number, to: number): number {
  return (to - from + CIRCLE) % CIRCLE;
}

/**
 * Walks from our place to those beside us. An original member is served by the members of ours nearest before it: so we
 * serve those we come by until we have passed that many others.
 */
function lookAround({ state }: Core): Around {
  const { members, self } = state;
  const { registry } = members;
  const here = registry.number(self);
  const originalsAfter: string[] = [];
  const served: string[] = [];
  let next: string | undefined;
  let previous: string | undefined;
  for (let steps = 1, passed = 0; steps < registry.size && passed < SERVERS_PER_ORIGINAL; steps++) {
    const number = registry.beside(here, steps);
    const member = livingAt(members, number);
    if (member === undefined) continue;
    if (isOwn(member)) {
      passed++;
      next ??= member.id;
    } else {
      served.push(member.id);
      if (passed === 0) originalsAfter.push(member.id);
    }
  }
  for (let steps = 1; steps < registry.size && previous === undefined; steps++) {
    const member = livingAt(members, registry.beside(here, -steps));
    if (member !== undefined && isOwn(member)) previous = member.id;
  }
  return { next, previous, originalsAfter, served };
}

function livingAt(members: MemberTable, number: number): Member | undefined {
  return members.healthAt(number) === "alive" ? members.memberAt(number) : undefined;
}

function replaceLinks(core: Core, { next, previous }: Around): void {
  const { neighbours, state } = core;
  const { members } = state;
  const wanted = new Set([next, previous].filter((id) => id !== undefined));
  const beside = wanted.size;
  for (const id of neighbours.links) {
    if (wanted.size >= beside + RANDOM_LINKS) break;
    if (members.healthOf(id) === "alive") wanted.add(id);
  }
  const others = members.count("alive") - (members.healthOf(state.self) === "alive" ? 1 : 0);
  addRandom(core, wanted, Math.min(beside + RANDOM_LINKS, others));
  for (const id of neighbours.links) if (!wanted.has(id)) core.effects.push({ kind: "unlink", to: id });
  for (const id of wanted) {
    const member = state.members.get(id)?.member;
    if (!neighbours.links.has(id) && member !== undefined)
      core.effects.push({ kind: "link", to: id, address: gossipAddress(member) });
  }
  neighbours.links = wanted;
}

/** More of ours that live, by chance, until there are so many. */
function addRandom({ state, random }: Core, wanted: Set<string>, enough: number): void {
  const { members, self } = state;
  const choose = (number: number): void => {
    const member = livingAt(members, number);
    if (member !== undefined && member.id !== self && isOwn(member)) wanted.add(member.id);
  };
  for (let tries = 0; wanted.size < enough && tries < RANDOM_TRIES; tries++)
    choose(Math.floor(random() * members.end));
  if (wanted.size >= enough) return;
  // Few among many that are dead or originals: each in turn, from anywhere.
  const first = Math.floor(random() * members.end);
  for (let passed = 0; wanted.size < enough && passed < members.end; passed++)
    choose((first + passed) % members.end);
}
