// The census: every group and member known through rumors, as services and their templates see it
// (reference/services.md §14.1). Pure: sources in, census out.
import type { SystemInfo } from "../../ring/index.ts";
import type { TomlTable } from "../../toml/index.ts";

/** Addresses a member announces with each of its services. */
export type MemberSys = SystemInfo;

export type ElectionStatus = "None" | "ElectionInProgress" | "ElectionNoQuorum" | "ElectionFinished";
export type MemberHealth = "alive" | "suspect" | "confirmed" | "departed";

export interface CensusMember {
  readonly memberId: string;
  readonly pkg: {
    readonly origin: string;
    readonly name: string;
    readonly version: string;
    readonly release: string;
  };
  readonly pkgIncarnation: bigint;
  readonly package: string;
  readonly service: string;
  readonly group: string;
  readonly org: string | null;
  readonly persistent: boolean;
  readonly leader: boolean;
  readonly follower: boolean;
  readonly updateLeader: boolean;
  readonly updateFollower: boolean;
  readonly election: ElectionStatus;
  readonly updateElection: ElectionStatus;
  readonly sys: MemberSys;
  /** Undefined until the member list says something about it. */
  readonly health: MemberHealth | undefined;
  /** What its service exports. */
  readonly cfg: TomlTable;
  /** An update is replacing its service, which is not up meanwhile. Members of Habitat do not say so. */
  readonly changing: boolean;
  /** Its service is about to be stopped. Members of Habitat do not say so. */
  readonly draining: boolean;
  /** Its service says that it cannot do its work now. Members of Habitat do not say so. */
  readonly notReady: boolean;
}

export interface CensusFile {
  readonly filename: string;
  readonly incarnation: bigint;
  readonly body: Uint8Array;
}

export interface CensusGroup {
  readonly serviceGroup: string;
  readonly electionStatus: ElectionStatus;
  readonly updateElectionStatus: ElectionStatus;
  readonly pkgIncarnation: bigint;
  readonly leaderId: string | undefined;
  readonly updateLeaderId: string | undefined;
  readonly serviceConfig: { readonly incarnation: bigint; readonly value: TomlTable } | undefined;
  /** By member id, in string order. */
  readonly population: ReadonlyMap<string, CensusMember>;
  readonly changedServiceFiles: readonly string[];
  readonly serviceFiles: ReadonlyMap<string, CensusFile>;
}

/** Update counters of the rumor stores. */
export interface CensusCounters {
  readonly service: number;
  readonly election: number;
  readonly electionUpdate: number;
  readonly membership: number;
  readonly serviceConfig: number;
  readonly serviceFile: number;
}

export interface Census {
  readonly changed: boolean;
  readonly localMemberId: string;
  readonly groups: ReadonlyMap<string, CensusGroup>;
  readonly counters: CensusCounters;
}

export interface ServiceSource {
  readonly memberId: string;
  readonly serviceGroup: string;
  readonly package: string;
  readonly pkgIncarnation: bigint;
  readonly cfg: TomlTable;
  readonly sys: MemberSys;
  /** Withdrawn: the service is gone, its group is remembered. */
  readonly stopped?: boolean;
  readonly changing?: boolean;
  readonly draining?: boolean;
  readonly notReady?: boolean;
}

export interface MemberSource {
  readonly memberId: string;
  readonly health: MemberHealth;
  readonly persistent: boolean;
  readonly address: string;
  readonly gossipPort: number;
}

export interface ElectionSource {
  readonly serviceGroup: string;
  readonly memberId: string;
  readonly status: "Running" | "NoQuorum" | "Finished";
}

export interface ConfigSource {
  readonly serviceGroup: string;
  readonly incarnation: bigint;
  readonly value: TomlTable;
}

export interface FileSource extends CensusFile {
  readonly serviceGroup: string;
}

/** Everything the census is made of, decrypted and decoded; what could not be decoded is left out. */
export interface CensusSources {
  readonly services: readonly ServiceSource[];
  readonly members: readonly MemberSource[];
  readonly elections: readonly ElectionSource[];
  readonly updateElections: readonly ElectionSource[];
  readonly configs: readonly ConfigSource[];
  readonly files: readonly FileSource[];
  readonly counters: CensusCounters;
}

const NO_COUNTERS: CensusCounters = {
  service: 0,
  election: 0,
  electionUpdate: 0,
  membership: 0,
  serviceConfig: 0,
  serviceFile: 0,
};

export function emptyCensus(localMemberId: string): Census {
  return { changed: false, localMemberId, groups: new Map(), counters: NO_COUNTERS };
}

/** Whether any store counted a change since `census` was built. */
export function isStale(census: Census, counters: CensusCounters): boolean {
  return (Object.keys(counters) as (keyof CensusCounters)[]).some(
    (key) => counters[key] !== census.counters[key],
  );
}

/** The next census. Without a change of the stores it is the same with `changed` false. */
export function updateCensus(previous: Census, sources: CensusSources): Census {
  if (!isStale(previous, sources.counters)) {
    return previous.changed ? { ...previous, changed: false } : previous;
  }
  const groups = new Map<string, CensusGroup>();
  for (const [name, group] of previous.groups) groups.set(name, { ...group, changedServiceFiles: [] });
  addServices(groups, sources, previous.localMemberId);
  addMembership(groups, sources);
  for (const election of sources.elections) applyElection(groups, election);
  for (const election of sources.updateElections) applyUpdateElection(groups, election);
  addConfigs(groups, sources);
  addFiles(groups, sources);
  return { changed: true, localMemberId: previous.localMemberId, groups, counters: sources.counters };
}

function emptyGroup(serviceGroup: string): CensusGroup {
  return {
    serviceGroup,
    electionStatus: "None",
    updateElectionStatus: "None",
    pkgIncarnation: 0n,
    leaderId: undefined,
    updateLeaderId: undefined,
    serviceConfig: undefined,
    population: new Map(),
    changedServiceFiles: [],
    serviceFiles: new Map(),
  };
}

/** The groups there are services of, and who is in them: not those who have withdrawn theirs. */
function addServices(groups: Map<string, CensusGroup>, sources: CensusSources, localId: string): void {
  const byGroup = Map.groupBy(sources.services, (service) => service.serviceGroup);
  for (const [name, services] of byGroup) {
    const group = groups.get(name) ?? emptyGroup(name);
    const population = new Map<string, CensusMember>();
    let { pkgIncarnation } = group;
    for (const service of services.toSorted((a, b) => compare(a.memberId, b.memberId))) {
      if (service.pkgIncarnation > pkgIncarnation) pkgIncarnation = service.pkgIncarnation;
      if (service.stopped === true) continue;
      population.set(service.memberId, memberOf(service, group.population.get(service.memberId), localId));
    }
    const { leaderId, updateLeaderId } = group;
    groups.set(name, {
      ...group,
      pkgIncarnation,
      population,
      leaderId: leaderId !== undefined && population.has(leaderId) ? leaderId : undefined,
      updateLeaderId:
        updateLeaderId !== undefined && population.has(updateLeaderId) ? updateLeaderId : undefined,
    });
  }
  for (const [name, group] of groups) {
    if (!byGroup.has(name)) groups.set(name, { ...group, population: new Map() });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function memberOf(service: ServiceSource, previous: CensusMember | undefined, localId: string): CensusMember {
  const [origin = "", name = "", version = "", release = ""] = service.package.split("/");
  const [serviceName, rest = ""] = splitOnce(service.serviceGroup, ".");
  const [group, org] = splitOnce(rest, "@");
  return {
    persistent: false,
    leader: false,
    follower: false,
    updateLeader: false,
    updateFollower: false,
    election: "None",
    updateElection: "None",
    health: service.memberId === localId ? "alive" : undefined,
    ...previous,
    memberId: service.memberId,
    pkg: { origin, name, version, release },
    pkgIncarnation: service.pkgIncarnation,
    package: service.package,
    service: serviceName,
    group,
    org: org ?? null,
    sys: service.sys,
    cfg: service.cfg,
    changing: service.changing === true,
    draining: service.draining === true,
    notReady: service.notReady === true,
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function addMembership(groups: Map<string, CensusGroup>, sources: CensusSources): void {
  if (sources.members.length === 0) return;
  const members = new Map(sources.members.map((member) => [member.memberId, member]));
  for (const [name, group] of groups) {
    const population = new Map(group.population);
    for (const [id, known] of population) {
      const member = members.get(id);
      if (member === undefined) continue;
      const sys = { ...known.sys, gossipIp: member.address, gossipPort: member.gossipPort };
      // Compat: the original sets `persistent` of everyone in the member list (§14.1); here the member's own word counts.
      population.set(id, { ...known, health: member.health, persistent: member.persistent, sys });
    }
    groups.set(name, { ...group, population });
  }
}

/** Flags mirror the status at once; who leads changes only when the election is finished. */
function applyElection(groups: Map<string, CensusGroup>, election: ElectionSource): void {
  const group = groups.get(election.serviceGroup);
  if (group === undefined) return;
  const status = electionStatusOf(election);
  const finished = status === "ElectionFinished";
  const population = mapMembers(group, (member) => {
    const leader = member.memberId === election.memberId;
    return { ...member, election: status, ...(finished ? { leader, follower: !leader } : {}) };
  });
  const elected = population.has(election.memberId) ? election.memberId : undefined;
  const leaderId = finished ? elected : group.leaderId;
  groups.set(election.serviceGroup, { ...group, population, electionStatus: status, leaderId });
}

function applyUpdateElection(groups: Map<string, CensusGroup>, election: ElectionSource): void {
  const group = groups.get(election.serviceGroup);
  if (group === undefined) return;
  const status = electionStatusOf(election);
  const finished = status === "ElectionFinished";
  const population = mapMembers(group, (member) => {
    const updateLeader = member.memberId === election.memberId;
    const roles = finished ? { updateLeader, updateFollower: !updateLeader } : {};
    return { ...member, updateElection: status, ...roles };
  });
  const elected = population.has(election.memberId) ? election.memberId : undefined;
  const updateLeaderId = finished ? elected : group.updateLeaderId;
  groups.set(election.serviceGroup, { ...group, population, updateElectionStatus: status, updateLeaderId });
}

function mapMembers(group: CensusGroup, change: (member: CensusMember) => CensusMember) {
  return new Map([...group.population].map(([id, member]) => [id, change(member)] as const));
}

function electionStatusOf({ status }: ElectionSource): ElectionStatus {
  if (status === "Finished") return "ElectionFinished";
  return status === "NoQuorum" ? "ElectionNoQuorum" : "ElectionInProgress";
}

function addConfigs(groups: Map<string, CensusGroup>, sources: CensusSources): void {
  for (const { serviceGroup, incarnation, value } of sources.configs) {
    const group = groups.get(serviceGroup);
    if (group !== undefined) groups.set(serviceGroup, { ...group, serviceConfig: { incarnation, value } });
  }
}

function addFiles(groups: Map<string, CensusGroup>, sources: CensusSources): void {
  for (const { serviceGroup, filename, incarnation, body } of sources.files) {
    // Compat: version 0 never takes effect (§13.3); the original keeps a nameless placeholder for it.
    if (incarnation === 0n) continue;
    const group = groups.get(serviceGroup) ?? emptyGroup(serviceGroup);
    const known = group.serviceFiles.get(filename);
    if (known !== undefined && known.incarnation >= incarnation) continue;
    const serviceFiles = new Map(group.serviceFiles).set(filename, { filename, incarnation, body });
    const changedServiceFiles = [...group.changedServiceFiles, filename];
    groups.set(serviceGroup, { ...group, serviceFiles, changedServiceFiles });
  }
}

/** Members that are alive or suspect, in the order of their ids. */
export function activeMembers(group: CensusGroup): CensusMember[] {
  return [...group.population.values()].filter(
    (member) => member.health === "alive" || member.health === "suspect",
  );
}

/**
 * The active members work may be sent to: not those that drain or are not ready. Where that would be nobody, all of them:
 * one that is slow to be ready is better than none.
 */
export function servingMembers(group: CensusGroup): CensusMember[] {
  const active = activeMembers(group);
  const serving = active.filter((member) => !member.draining && !member.notReady);
  return serving.length > 0 ? serving : active;
}

/** The leader of the group, if one is elected. */
export function leaderOf(group: CensusGroup): CensusMember | undefined {
  return group.leaderId === undefined ? undefined : group.population.get(group.leaderId);
}
