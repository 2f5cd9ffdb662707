// Groups as their pages show them: members, elections, how far a rolling update is (reference/services.md §14, §15).
import { type Election, electorate, hasQuorum, type RingState } from "../../ring/index.ts";
import type { SupervisorTold } from "../../web/index.ts";
import { type CensusGroup, type CensusMember, servingMembers } from "../census/census.ts";
import { hostAndPort, wide } from "../ring/report.ts";
import { MAX_CHANGING, MAX_FILES, MAX_RELEASES } from "./limits.ts";

type ElectionDocument = SupervisorTold.ElectionDocument;
type GroupDocument = SupervisorTold.GroupDocument;
type PeerDocument = SupervisorTold.PeerDocument;
type UpdateDocument = SupervisorTold.UpdateDocument;

export function groupDocument(group: CensusGroup, state: RingState): GroupDocument {
  const { serviceGroup, serviceConfig } = group;
  const present = [...group.population.values()].filter(({ health }) => health !== "departed");
  const alive = present.filter((member) => isAlive(member, state.self));
  const serving = servingMembers(group).filter((member) => isAlive(member, state.self));
  const election = state.elections.get(serviceGroup);
  const update = updateDocument(group, state, alive);
  return {
    service_group: serviceGroup,
    members: present.length,
    alive: alive.length,
    serving: serving.length,
    election: election === undefined ? null : electionDocument(state, election),
    leader: group.leaderId ?? null,
    update,
    releases: releasesOf(present),
    config_version: serviceConfig === undefined ? null : String(serviceConfig.incarnation),
    files: [...group.serviceFiles.values()]
      .slice(0, MAX_FILES)
      .map(({ filename, incarnation }) => ({ name: filename, version: String(incarnation) })),
    hosts: hostsOf(group, [
      group.leaderId,
      group.updateLeaderId,
      election?.candidate,
      ...(update?.changing ?? []),
    ]),
  };
}

function hostsOf({ population }: CensusGroup, ids: readonly (string | undefined)[]): Record<string, string> {
  return Object.fromEntries(
    ids.flatMap((id) => {
      const member = id === undefined ? undefined : population.get(id);
      return member === undefined ? [] : [[member.memberId, member.sys.hostname] as const];
    }),
  );
}

function electionDocument(state: RingState, election: Election): ElectionDocument {
  const { serviceGroup, status, term, candidate, suitability, votes } = election;
  return {
    status,
    term: wide(term),
    candidate,
    suitability: wide(suitability),
    votes: votes.length,
    electorate: electorate(state, serviceGroup).length,
    quorum: hasQuorum(state, serviceGroup),
  };
}

function updateDocument(
  group: CensusGroup,
  state: RingState,
  alive: readonly CensusMember[],
): UpdateDocument | null {
  const election = state.electionUpdates.get(group.serviceGroup);
  if (election === undefined) return null;
  const leader = group.updateLeaderId === undefined ? undefined : group.population.get(group.updateLeaderId);
  const isThere = (member: CensusMember) =>
    leader !== undefined &&
    member.package === leader.package &&
    member.pkgIncarnation >= leader.pkgIncarnation &&
    !member.changing;
  const done = alive.filter(isThere).length;
  // One that leads may say a number nobody has reached, or another may have begun what it has not seen.
  const isBehind = (member: CensusMember) => member.pkgIncarnation < group.pkgIncarnation;
  return {
    election: electionDocument(state, election),
    leader: leader?.memberId ?? null,
    release: leader?.package ?? null,
    done,
    alive: alive.length,
    changing: alive
      .filter(({ changing }) => changing)
      .slice(0, MAX_CHANGING)
      .map(({ memberId }) => memberId),
    under_way:
      alive.some((member) => member.changing || isBehind(member)) ||
      (leader !== undefined && done < alive.length),
  };
}

function releasesOf(members: readonly CensusMember[]): GroupDocument["releases"] {
  const counted = new Map<string, number>();
  for (const member of members) counted.set(member.package, (counted.get(member.package) ?? 0) + 1);
  return [...counted]
    .map(([release, count]) => ({ package: release, members: count }))
    .sort((a, b) => b.members - a.members || (a.package < b.package ? -1 : 1))
    .slice(0, MAX_RELEASES);
}

/** A member's service in a group. */
export function peerDocument(member: CensusMember, group: CensusGroup, state: RingState): PeerDocument {
  const { memberId, sys } = member;
  const running = [
    state.elections.get(group.serviceGroup),
    state.electionUpdates.get(group.serviceGroup),
  ].find((election) => election !== undefined && election.status !== "finished");
  return {
    service_group: group.serviceGroup,
    id: memberId,
    self: memberId === state.self,
    hostname: sys.hostname,
    ip: sys.ip,
    gateway: gatewayOf(member),
    health: memberId === state.self && !state.departed ? "alive" : (member.health ?? null),
    package: member.package,
    package_version: wide(member.pkgIncarnation),
    changing: member.changing,
    draining: member.draining,
    not_ready: member.notReady,
    leader: group.leaderId === memberId,
    update_leader: group.updateLeaderId === memberId,
    voted: running === undefined ? null : running.votes.includes(memberId),
  };
}

/** Where its HTTP gateway is reached: one that listens everywhere, at its address. */
export function gatewayOf({ sys }: CensusMember): string {
  const { ip, httpGatewayIp, httpGatewayPort } = sys;
  const host =
    httpGatewayIp === "0.0.0.0" || httpGatewayIp === "::" || httpGatewayIp === "" ? ip : httpGatewayIp;
  return hostAndPort(host, httpGatewayPort);
}

function isAlive({ memberId, health }: CensusMember, self: string): boolean {
  return memberId === self || health === "alive";
}
