// What templates of a service can see (reference/services.md §21).
import type { TemplateData } from "../../template/index.ts";
import type { TomlTable } from "../../toml/index.ts";
import {
  activeMembers,
  type Census,
  type CensusGroup,
  type CensusMember,
  leaderOf,
  servingMembers,
} from "../census/census.ts";
import { electionFlags, memberJson } from "../census/json.ts";
import { formatServiceGroup, type ServiceBind, type ServiceGroup } from "../group.ts";
import type { SysInfo } from "../sys.ts";
import { packageContext, type ServicePackage } from "./package.ts";

export interface ContextInput {
  readonly sys: SysInfo;
  readonly pkg: ServicePackage;
  readonly cfg: TomlTable;
  readonly group: ServiceGroup;
  readonly census: Census;
  /** Mapped binds whose groups give what they must. */
  readonly satisfiedBinds: readonly ServiceBind[];
}

/** The whole context: sys, pkg, cfg, svc, bind. */
export function renderContext(input: ContextInput): TemplateData {
  return {
    sys: templateSys(input.sys),
    pkg: packageContext(input.pkg),
    cfg: input.cfg,
    svc: serviceContext(input),
    bind: bindContext(input),
  };
}

function templateSys(sys: SysInfo) {
  return {
    version: sys.version,
    member_id: sys.memberId,
    ip: sys.ip,
    hostname: sys.hostname,
    gossip_ip: sys.gossipIp,
    gossip_port: BigInt(sys.gossipPort),
    http_gateway_ip: sys.httpGatewayIp,
    http_gateway_port: BigInt(sys.httpGatewayPort),
    ctl_gateway_ip: sys.ctlGatewayIp,
    ctl_gateway_port: BigInt(sys.ctlGatewayPort),
    permanent: sys.permanent,
  };
}

function serviceContext({ group, census }: ContextInput) {
  const name = formatServiceGroup(group);
  const found = census.groups.get(name);
  const me = found?.population.get(census.localMemberId);
  const leader = found === undefined ? undefined : leaderOf(found);
  // Compat: `first` is the first of all members, also dead ones (§21).
  const first = leader ?? found?.population.values().next().value;
  const updateLeader = updateLeaderOf(found);
  return {
    service: group.service,
    group: group.group,
    org: group.organization ?? null,
    ...electionFlags("election", found?.electionStatus ?? "None"),
    ...electionFlags("update_election", found?.updateElectionStatus ?? "None"),
    me: memberOrNull(me),
    members: found === undefined ? [] : activeMembers(found).map(memberJson),
    leader: memberOrNull(leader),
    first: memberOrNull(first),
    update_leader: memberOrNull(updateLeader),
  };
}

function updateLeaderOf(group: CensusGroup | undefined): CensusMember | undefined {
  return group?.updateLeaderId === undefined ? undefined : group.population.get(group.updateLeaderId);
}

function memberOrNull(member: CensusMember | undefined) {
  return member === undefined ? null : memberJson(member);
}

function bindContext({ census, satisfiedBinds }: ContextInput) {
  const binds = [...satisfiedBinds].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return Object.fromEntries(
    binds.map((bind) => {
      const group = census.groups.get(formatServiceGroup(bind.serviceGroup));
      const members = group === undefined ? [] : servingMembers(group);
      const leader = group === undefined ? undefined : leaderOf(group);
      return [
        bind.name,
        {
          first: memberOrNull(leader ?? members[0]),
          leader: memberOrNull(leader),
          members: members.map(memberJson),
        },
      ];
    }),
  );
}
