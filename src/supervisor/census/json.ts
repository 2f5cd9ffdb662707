// Census and members in the shapes of the HTTP gateway and of templates, key order included
// (reference/services.md §14.2, §21).
import type { JsonInput } from "../../toml/index.ts";
import type { Census, CensusGroup, CensusMember, ElectionStatus, MemberSys } from "./census.ts";

/** `MEMBER` of §14.2, for the gateway and for templates. */
export function memberJson(member: CensusMember) {
  return {
    member_id: member.memberId,
    pkg: { ...member.pkg },
    pkg_incarnation: member.pkgIncarnation,
    package: member.package,
    service: member.service,
    group: member.group,
    org: member.org,
    persistent: member.persistent,
    leader: member.leader,
    follower: member.follower,
    update_leader: member.updateLeader,
    update_follower: member.updateFollower,
    ...electionFlags("election", member.election),
    ...electionFlags("update_election", member.updateElection),
    sys: memberSysFields(member.sys),
    alive: member.health === "alive",
    suspect: member.health === "suspect",
    confirmed: member.health === "confirmed",
    departed: member.health === "departed",
    cfg: member.cfg,
    // Only where they are so: what is made of a member of Habitat stays as it is.
    ...(member.draining ? { draining: true } : {}),
    ...(member.notReady ? { not_ready: true } : {}),
  };
}

/** The addresses of a member in the order of §14.2. */
export function memberSysFields(sys: MemberSys) {
  return {
    ip: sys.ip,
    hostname: sys.hostname,
    gossip_ip: sys.gossipIp,
    gossip_port: BigInt(sys.gossipPort),
    http_gateway_ip: sys.httpGatewayIp,
    http_gateway_port: BigInt(sys.httpGatewayPort),
    ctl_gateway_ip: sys.ctlGatewayIp,
    ctl_gateway_port: BigInt(sys.ctlGatewayPort),
  };
}

/** The three flags that mirror the status of an election. */
export function electionFlags(
  prefix: "election" | "update_election",
  status: ElectionStatus,
): Record<string, boolean> {
  return {
    [`${prefix}_is_running`]: status === "ElectionInProgress",
    [`${prefix}_is_no_quorum`]: status === "ElectionNoQuorum",
    [`${prefix}_is_finished`]: status === "ElectionFinished",
  };
}

/** The body of `/census`. */
export function censusJson(census: Census): JsonInput {
  return {
    changed: census.changed,
    census_groups: Object.fromEntries(
      [...census.groups].map(([name, group]) => [name, groupJson(group, census.localMemberId)]),
    ),
    local_member_id: census.localMemberId,
    last_service_counter: BigInt(census.counters.service),
    last_election_counter: BigInt(census.counters.election),
    last_election_update_counter: BigInt(census.counters.electionUpdate),
    last_membership_counter: BigInt(census.counters.membership),
    last_service_config_counter: BigInt(census.counters.serviceConfig),
    last_service_file_counter: BigInt(census.counters.serviceFile),
  };
}

function groupJson(group: CensusGroup, localMemberId: string): JsonInput {
  const { serviceConfig } = group;
  return {
    service_group: group.serviceGroup,
    election_status: group.electionStatus,
    update_election_status: group.updateElectionStatus,
    pkg_incarnation: group.pkgIncarnation,
    leader_id: group.leaderId ?? null,
    service_config: serviceConfig ?? null,
    local_member_id: localMemberId,
    population: Object.fromEntries([...group.population].map(([id, member]) => [id, memberJson(member)])),
    update_leader_id: group.updateLeaderId ?? null,
    changed_service_files: group.changedServiceFiles,
    service_files: Object.fromEntries(
      [...group.serviceFiles].map(([name, file]) => [
        name,
        { filename: file.filename, incarnation: file.incarnation, body: [...file.body].map(BigInt) },
      ]),
    ),
  };
}
