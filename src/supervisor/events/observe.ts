// What happened between two looks at services, census and members. Pure; only what differs is told.
import type { RingState } from "../../ring/index.ts";
import type { Census, ElectionStatus } from "../census/census.ts";
import type { HealthResult } from "../plan/health.ts";
import type { ElectionWord, EventData, HealthWord, MemberWord, SupervisorEvent } from "./event.ts";

/** One service as a look at it shows it; undefined result where nobody has checked yet. */
export interface SeenService {
  readonly service_group: string;
  readonly package: string;
  readonly desired_state: "up" | "down";
  readonly up: boolean;
  readonly pid: number | null;
  readonly initialized: boolean;
  readonly health: HealthResult;
  /** Why it is not ready; undefined where it is not meant to be. */
  readonly notReady: readonly string[] | undefined;
  readonly draining: boolean;
}

const HEALTH: Readonly<Record<HealthResult, HealthWord>> = {
  Ok: "ok",
  Warning: "warning",
  Critical: "critical",
  Unknown: "unknown",
};

const ELECTION: Readonly<Record<ElectionStatus, ElectionWord>> = {
  None: "none",
  ElectionInProgress: "running",
  ElectionNoQuorum: "no-quorum",
  ElectionFinished: "finished",
};

/** What happened to one service; `after` is undefined once it is unloaded. */
export function serviceEvents(
  before: SeenService | undefined,
  after: SeenService | undefined,
): SupervisorEvent[] {
  if (after === undefined) {
    if (before === undefined) return [];
    return [
      { kind: "service", data: { ...shown(before), state: "unloaded", pid: null, initialized: false } },
    ];
  }
  const events: SupervisorEvent[] = [];
  const data = shown(after);
  if (before === undefined || JSON.stringify(shown(before)) !== JSON.stringify(data))
    events.push({ kind: "service", data });
  const previous = HEALTH[before?.health ?? "Unknown"];
  const result = HEALTH[after.health];
  if (previous !== result)
    events.push({ kind: "health", data: { service_group: after.service_group, result, previous } });
  const readiness = readinessOf(after);
  const known = before === undefined ? undefined : readinessOf(before);
  if (readiness !== undefined && JSON.stringify(readiness) !== JSON.stringify(known))
    events.push({ kind: "readiness", data: readiness });
  return events;
}

function readinessOf({ service_group, notReady, draining }: SeenService): EventData["readiness"] | undefined {
  if (notReady === undefined) return undefined;
  return { service_group, ready: notReady.length === 0, reasons: notReady, draining };
}

function shown(seen: SeenService): EventData["service"] {
  return {
    service_group: seen.service_group,
    package: seen.package,
    state: seen.up ? "up" : "down",
    pid: seen.pid,
    initialized: seen.initialized,
    desired_state: seen.desired_state,
  };
}

/** What happened to the groups between two censuses. */
export function censusEvents(before: Census, after: Census): SupervisorEvent[] {
  const events: SupervisorEvent[] = [];
  for (const [service_group, group] of after.groups) {
    const known = before.groups.get(service_group);
    const { serviceConfig } = group;
    if (serviceConfig !== undefined && serviceConfig.incarnation !== known?.serviceConfig?.incarnation) {
      events.push({
        kind: "config",
        data: { service_group, incarnation: String(serviceConfig.incarnation) },
      });
    }
    for (const { filename, incarnation } of group.serviceFiles.values()) {
      if (known?.serviceFiles.get(filename)?.incarnation === incarnation) continue;
      events.push({ kind: "file", data: { service_group, filename, incarnation: String(incarnation) } });
    }
    for (const election of ["leader", "update"] as const) {
      const now = electionOf(group, election);
      const then = known === undefined ? NO_ELECTION : electionOf(known, election);
      if (now.status === then.status && now.leader_id === then.leader_id) continue;
      events.push({ kind: "election", data: { service_group, election, ...now } });
    }
  }
  return events;
}

const NO_ELECTION = { status: "none", leader_id: null } as const;

type Group = Census["groups"] extends ReadonlyMap<string, infer Value> ? Value : never;

function electionOf(group: Group, election: "leader" | "update") {
  const [status, leader] =
    election === "leader"
      ? [group.electionStatus, group.leaderId]
      : [group.updateElectionStatus, group.updateLeaderId];
  return { status: ELECTION[status], leader_id: leader ?? null };
}

/** Members whose health changed since `known`, which is brought up to date; forgotten ones are forgotten silently. */
export function memberEvents(known: Map<string, MemberWord>, state: RingState): SupervisorEvent[] {
  const events: SupervisorEvent[] = [];
  for (const [member_id, { member, health }] of state.members) {
    if (known.get(member_id) === health) continue;
    known.set(member_id, health);
    events.push({ kind: "member", data: { member_id, address: member.address, health } });
  }
  for (const id of known.keys()) if (!state.members.has(id)) known.delete(id);
  return events;
}
