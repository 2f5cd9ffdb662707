// What a scenario is: from a seed's random numbers and a few wishes to a plan of what happens when.
import type { TimedAction } from "../action.ts";
import { FAIR, type Weather } from "../network.ts";
import { type Random, sample } from "../random.ts";
import type { HostPlan } from "../world.ts";

export interface Setup {
  readonly members: number;
  readonly originals: number;
  readonly random: Random;
  /** How long faults go on. */
  readonly minutes: number;
}

export interface Plan {
  readonly hosts: readonly HostPlan[];
  readonly actions: readonly TimedAction[];
  readonly weather: Weather;
  /** From here on nothing happens any more. */
  readonly quietAtMs: number;
  /** By then all must agree. */
  readonly endMs: number;
  readonly drift?: number;
  readonly explainMs?: number;
  /** All know each other from the first, as after a restart: a big ring that is up, without having to watch it form. */
  readonly warm?: boolean;
}

export interface Scenario {
  readonly name: string;
  /** One line for a list. */
  readonly summary: string;
  /** How many members there are unless somebody says otherwise. */
  readonly members: (random: Random) => number;
  readonly originals?: (members: number, random: Random) => number;
  readonly minutes: number;
  readonly plan: (setup: Setup) => Plan;
}

/** Members of ours that disagree longer than this after the last fault do so for good. */
export const SETTLE_MS = 90_000;
/** An original looks at one member every 3.1 s, and its suspicions last 9.3 s (butterfly.md §11). */
const ORIGINAL_SETTLE_MS = 120_000;
const ORIGINAL_PASS_MS = 2 * 3100;

export function settleMs({ members, originals }: Setup): number {
  return originals === 0 ? SETTLE_MS : ORIGINAL_SETTLE_MS + members * ORIGINAL_PASS_MS;
}

/** Hosts of which the first is known to all as a peer, and each also knows one or two before it. */
export function hostsOf({ members, originals, random }: Setup): HostPlan[] {
  const behaveOriginally = new Set(
    sample(
      random,
      Array.from({ length: members }, (_, index) => index),
      originals,
    ),
  );
  return Array.from({ length: members }, (_, index): HostPlan => {
    const earlier = Array.from({ length: Math.min(index, 3) }, (_unused, back) => index - 1 - back);
    const peers = index === 0 ? [1] : [...new Set([0, ...sample(random, earlier, 2)])];
    return {
      behaviour: behaveOriginally.has(index) ? "original" : "own",
      peers,
      // An original ring needs permanent peers to come together again after a split (§9.8).
      persistent: originals > 0 && index < 2,
    };
  });
}

/** Everybody starts within `withinMs`, the first at once. */
export function startAll({ members, random }: Setup, withinMs: number): TimedAction[] {
  return Array.from({ length: members }, (_, host) => ({
    atMs: host === 0 ? 0 : random() * withinMs,
    action: { kind: "start", host } as const,
  }));
}

export const LEADER_GROUP = "redis.default";
export const PLAIN_GROUP = "web.default";

/** In a big ring only so many hosts run a service: what is of interest there is membership. */
const SERVICE_HOSTS = 200;
const SERVICE_HOSTS_IN_BIG_RINGS = 20;
const BIG_RING = 1000;

/** The hosts' services, as they are from the first start on: every host the plain one, some the one that elects. */
export function loadAll(setup: Setup, leaderHosts: readonly number[]): TimedAction[] {
  const plain = Array.from(
    {
      length: Math.min(setup.members, setup.members > BIG_RING ? SERVICE_HOSTS_IN_BIG_RINGS : SERVICE_HOSTS),
    },
    (_, host): TimedAction => ({
      atMs: 0,
      action: { kind: "load", host, group: PLAIN_GROUP, leader: false },
    }),
  );
  const electing = leaderHosts.map(
    (host): TimedAction => ({
      atMs: 0,
      action: { kind: "load", host, group: LEADER_GROUP, leader: true },
    }),
  );
  return [...plain, ...electing];
}

export function everyone({ members }: Setup): number[] {
  return Array.from({ length: members }, (_, index) => index);
}

/** A plan in fair weather that ends a while after its last action. */
export function quietPlan(setup: Setup, actions: readonly TimedAction[], quietAtMs: number): Plan {
  return {
    hosts: hostsOf(setup),
    actions,
    weather: FAIR,
    quietAtMs,
    endMs: quietAtMs + settleMs(setup),
  };
}
