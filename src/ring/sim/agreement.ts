// Whether a ring has come to rest: everybody sees the same members, has the same rumors and knows the same leaders, and all
// of it is what is really there. Said in differences; none means agreement.
import { electorate, hasQuorum, population } from "../quorum.ts";
import type { RingState } from "../state.ts";
import type { Host } from "./host.ts";
import { describeElection, electionFor, leaderOf, recordOf, rumorVersions, serviceOf } from "./view.ts";
import type { World } from "./world.ts";

export interface Difference {
  readonly rule: "views" | "rumors" | "leader";
  readonly host: Host;
  readonly text: string;
}

/** More are not listed: one broken member differs in everything. */
const LISTED = 20;

/**
 * What `observers` believe that differs from what is or from what the others believe. `leaderGroups`: groups that elect;
 * `ownRules`: whether a stopped service must be known to be stopped (an original never retracts one).
 */
export function findDifferences(
  world: World,
  observers: readonly Host[],
  leaderGroups: ReadonlySet<string>,
): Difference[] {
  const differences: Difference[] = [];
  const found = (difference: Difference): boolean => differences.push(difference) >= LISTED;
  for (const compare of [compareViews, compareRumors, compareLeaders])
    if (compare(world, observers, leaderGroups, found)) break;
  return differences;
}

type Compare = (
  world: World,
  observers: readonly Host[],
  leaderGroups: ReadonlySet<string>,
  /** True when no more are wanted. */
  found: (difference: Difference) => boolean,
) => boolean;

function isCurrent(host: Host | undefined, memberId: string): host is Host {
  return host?.running === true && host.id === memberId;
}

/** Compat: an original whose disk lost its number is not told of it by anybody, and does not ask. */
function isForgetful({ behaviour }: Host, known: bigint, own: bigint): boolean {
  return behaviour === "original" && known > own;
}

const compareViews: Compare = (world, observers, _groups, found) => {
  for (const [memberId, owner] of world.owners) {
    const alive = isCurrent(owner, memberId) ? owner.machine?.state.incarnation : undefined;
    let agreed: string | undefined;
    for (const host of observers) {
      if (host.machine === undefined || host.id === memberId) continue;
      const record = recordOf(host.machine.state, memberId);
      const name = memberName(owner, memberId);
      let problem: string | undefined;
      if (alive !== undefined) {
        if (record === undefined) problem = `${host.name} does not know ${name}`;
        else if (record.health !== "alive")
          problem = `${host.name} takes ${name} for ${record.health}, which runs`;
        else if (record.incarnation !== alive && !isForgetful(owner, record.incarnation, alive))
          problem = `${host.name} knows ${name} in incarnation ${record.incarnation}, which is in ${alive}`;
      } else if (record?.health === "alive" || record?.health === "suspect")
        problem = `${host.name} takes ${name} for ${record.health}, which does not run`;
      else if (record !== undefined) {
        agreed ??= record.health;
        if (record.health !== agreed)
          problem = `${host.name} takes ${name} for ${record.health}, others for ${agreed}`;
      }
      if (problem !== undefined && found({ rule: "views", host, text: problem })) return true;
    }
  }
  return false;
};

const compareRumors: Compare = (world, observers, _groups, found) => {
  const all = new Map<string, { readonly version: string; readonly host: Host; count: number }>();
  for (const host of observers) {
    if (host.machine === undefined) continue;
    for (const { key, version, owner, stopped } of rumorVersions(host.machine.state)) {
      const ownerHost = owner === undefined ? undefined : world.owners.get(owner);
      // What is kept of a member that is gone, and of a service that has stopped, each may forget in its own time.
      if (owner !== undefined && (!isCurrent(ownerHost, owner) || stopped === true)) continue;
      if (key.startsWith("departure")) continue;
      const first = all.get(key);
      if (first === undefined) all.set(key, { version, host, count: 1 });
      else {
        first.count++;
        if (
          first.version !== version &&
          found({
            rule: "rumors",
            host,
            text: `${host.name} has ${clearly(world, key)} as ${version}, ${first.host.name} as ${first.version}`,
          })
        )
          return true;
      }
    }
  }
  for (const [key, { host, count }] of all)
    if (
      count < observers.length &&
      found({
        rule: "rumors",
        host,
        text: `${clearly(world, key)} is at ${count} of ${observers.length} members`,
      })
    )
      return true;
  return compareServices(world, observers, found);
};

/**
 * Whether the word of a service has reached anybody of ours, who sees to the rest. Compat: an original says it twice to each
 * member, heard or not, and never again (butterfly.md §12.3).
 */
function reachedOurs(owner: Host, group: string, observers: readonly Host[]): boolean {
  return (
    owner.behaviour === "own" ||
    observers.some(
      ({ machine }) => machine !== undefined && serviceOf(machine.state, owner.id, group) !== undefined,
    )
  );
}

/** Against what the Supervisors really run. */
function compareServices(
  world: World,
  observers: readonly Host[],
  found: (difference: Difference) => boolean,
): boolean {
  for (const owner of world.hosts) {
    if (!owner.running) continue;
    for (const host of observers) {
      if (host.machine === undefined) continue;
      for (const group of owner.services.keys()) {
        if (!reachedOurs(owner, group, observers)) continue;
        const rumor = serviceOf(host.machine.state, owner.id, group);
        if (
          (rumor === undefined || rumor.stopped === true) &&
          found({ rule: "rumors", host, text: `${host.name} does not know that ${owner.name} runs ${group}` })
        )
          return true;
      }
      if (owner.behaviour === "original") continue; // never retracts a service
      for (const [group, services] of host.machine.state.services)
        if (
          services.get(owner.id)?.stopped !== true &&
          services.has(owner.id) &&
          !owner.services.has(group) &&
          found({
            rule: "rumors",
            host,
            text: `${host.name} believes that ${owner.name} runs ${group}, which it stopped`,
          })
        )
          return true;
    }
  }
  return false;
}

const compareLeaders: Compare = (world, observers, groups, found) => {
  for (const group of groups) {
    const candidates = world.hosts.filter(
      (host) => host.running && host.services.get(group)?.leader === true,
    );
    const able = candidates.every(
      ({ machine }) => machine !== undefined && canElect(world, machine.state, group, candidates),
    );
    if (candidates.length === 0 || !able) continue;
    let agreed: string | undefined;
    for (const host of observers) {
      if (host.machine === undefined) continue;
      const { state } = host.machine;
      const leader = leaderOf(state, group);
      const owner = leader === undefined ? undefined : world.owners.get(leader);
      let problem: string | undefined;
      if (leader === undefined)
        problem = `${host.name} knows no leader of ${group}: ${describeElection(electionFor(state, group))}`;
      else if (!isCurrent(owner, leader) || !candidates.includes(owner))
        problem = `${host.name} takes ${owner === undefined ? leader : memberName(owner, leader)} for the leader of ${group}, which does not run it`;
      else {
        agreed ??= leader;
        if (leader !== agreed)
          problem = `${host.name} takes ${owner.name} for the leader of ${group}, others ${world.owners.get(agreed)?.name}`;
      }
      if (problem !== undefined && found({ rule: "leader", host, text: problem })) return true;
    }
  }
  return false;
};

/**
 * Whether a leader must come out. Compat: an original that holds on to the leader of an earlier term gives no vote in a
 * newer one for ever (butterfly.md §19.11), so where there are originals those of ours alone must be enough.
 */
function canElect(world: World, state: RingState, group: string, candidates: readonly Host[]): boolean {
  if (!hasQuorum(state, group)) return false;
  if (candidates.every(({ behaviour }) => behaviour === "own")) return true;
  const ours = electorate(state, group).filter((id) => world.owners.get(id)?.behaviour === "own");
  return ours.length > Math.floor(population(state, group).length / 2);
}

/** The host's name; of a member it was before it lost its disk, with a part of that one's id. */
export function memberName(owner: Host, memberId: string): string {
  return owner.id === memberId ? owner.name : `${owner.name} (once ${memberId.slice(0, 6)})`;
}

/** A rumor's key with names for member ids. */
function clearly(world: World, key: string): string {
  return key.replace(/[0-9a-f]{32}/, (id) => {
    const owner = world.owners.get(id);
    return owner === undefined ? id : memberName(owner, id);
  });
}
