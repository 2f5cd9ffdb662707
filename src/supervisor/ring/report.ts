// What this member believes of its ring, as documents for `/ring/status`, `/ring/members` and `/ring/rumors` of the HTTP
// gateway and for `hab ring`. Beyond the original, whose `/butterfly` shows the bare stores.
import {
  ABILITY,
  encodeRumor,
  hasQuorum,
  healthOf,
  type MemberEntry,
  memberEntries,
  type RingState,
  type Rumor,
  type ServiceRumor,
  storedRumors,
} from "../../ring/index.ts";

/** Numbers of 64 bits that JSON readers would round are texts. */
export type WideNumber = number | string;

export type HealthText = MemberEntry["health"];

export interface RingMemberReport {
  readonly id: string;
  /** Whether it is the Supervisor that was asked. */
  readonly self: boolean;
  readonly health: HealthText;
  readonly incarnation: WideNumber;
  /** Where it is reached; empty where only its name is known. */
  readonly address: string;
  /** Seconds it has been in this health, as far as this member knows. */
  readonly since_seconds: number;
  readonly permanent: boolean;
  readonly implementation: "hab" | "habitat";
}

export interface RingRumorReport {
  readonly kind: Rumor["kind"];
  readonly service_group: string | null;
  /** Of a service its member, of an election its candidate, of a departure who left. */
  readonly member_id: string | null;
  readonly filename: string | null;
  /** Of an election its term. */
  readonly incarnation: WideNumber;
  readonly bytes: number;
  /** `stopped`, `encrypted`, or the status of an election. */
  readonly state: string | null;
}

export interface RingGroupReport {
  readonly service_group: string;
  /** Members with a service in the group that have not departed. */
  readonly members: number;
  readonly alive: number;
  /** `none` where the group elects no leader. */
  readonly election: "none" | "running" | "no-quorum" | "finished";
  readonly term: WideNumber | null;
  readonly leader: string | null;
  /** Whether enough of its members are alive to elect; null where none is elected. */
  readonly quorum: boolean | null;
  /** Null where nobody updates with the strategy `rolling`. */
  readonly update: RingUpdateReport | null;
}

/** How far a rolling update of a group is. */
export interface RingUpdateReport {
  readonly leader: string | null;
  /** What the group runs or changes to: the release its update leader tells. */
  readonly release: string | null;
  /** Members that are alive and run it. */
  readonly done: number;
  /** Members between two releases now. */
  readonly changing: readonly string[];
}

export interface RingStatusReport {
  readonly member_id: string;
  readonly incarnation: WideNumber;
  readonly address: string;
  /** The key of an encrypted ring, name-revision. */
  readonly ring_key: string | null;
  readonly members: Readonly<Record<HealthText, number>>;
  readonly groups: readonly RingGroupReport[];
  /** What is not as it should be, a sentence each. */
  readonly problems: readonly string[];
}

/** The member that is asked, as far as it knows itself. */
export interface OwnMember {
  readonly state: RingState;
  readonly address: { readonly host: string; readonly port: number };
  readonly permanent: boolean;
  /** When it started, on the clock of `RingState`. */
  readonly startedAtMs: number;
}

/** All members known, this one first; it is alive, whatever others last said of it. */
export function membersReport(own: OwnMember, nowMs: number): RingMemberReport[] {
  const { state } = own;
  const others = memberEntries(state).filter(({ member }) => member.id !== state.self);
  return [ownReport(own, nowMs), ...others.map((entry) => memberReport(entry, nowMs))];
}

/** The member that is asked. */
export function ownReport(
  { state, address, permanent, startedAtMs }: OwnMember,
  nowMs: number,
): RingMemberReport {
  return {
    id: state.self,
    self: true,
    health: state.departed ? "departed" : "alive",
    incarnation: wide(state.incarnation),
    address: hostAndPort(address.host, address.port),
    since_seconds: secondsSince(startedAtMs, nowMs),
    permanent,
    implementation: "hab",
  };
}

/** Any other. */
export function memberReport({ member, health, since }: MemberEntry, nowMs: number): RingMemberReport {
  return {
    id: member.id,
    self: false,
    health,
    incarnation: wide(member.incarnation),
    address: member.address === "" ? "" : hostAndPort(member.address, member.gossipPort),
    since_seconds: secondsSince(since, nowMs),
    permanent: member.persistent,
    implementation: ((member.abilities ?? 0) & ABILITY.own) === 0 ? "habitat" : "hab",
  };
}

function secondsSince(atMs: number, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - atMs) / 1000));
}

/** Rumors encoded at a stretch, to learn their size: less than the ring's timers may be late by. */
const RUMORS_AT_ONCE = 200;

/** Every rumor but those on members. Lets other work in between, for there may be many. */
export async function rumorsReport(state: RingState): Promise<RingRumorReport[]> {
  const reports: RingRumorReport[] = [];
  for (const [index, rumor] of storedRumors(state).entries()) {
    if (index % RUMORS_AT_ONCE === RUMORS_AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
    reports.push(rumorReport(rumor));
  }
  return reports;
}

function rumorReport(rumor: Rumor): RingRumorReport {
  const nothing = { service_group: null, member_id: null, filename: null, state: null };
  const common = { ...nothing, kind: rumor.kind, incarnation: 0, bytes: encodeRumor(rumor).length };
  switch (rumor.kind) {
    case "member":
      return {
        ...common,
        member_id: rumor.value.member.id,
        incarnation: wide(rumor.value.member.incarnation),
      };
    case "service": {
      const { memberId, serviceGroup, incarnation, stopped } = rumor.value;
      return {
        ...common,
        service_group: serviceGroup,
        member_id: memberId,
        incarnation: wide(incarnation),
        state: stopped === true ? "stopped" : null,
      };
    }
    case "service-config":
    case "service-file": {
      const { serviceGroup, incarnation, encrypted } = rumor.value;
      return {
        ...common,
        service_group: serviceGroup,
        filename: rumor.kind === "service-file" ? rumor.value.filename : null,
        incarnation: wide(incarnation),
        state: encrypted ? "encrypted" : null,
      };
    }
    case "election":
    case "election-update": {
      const { serviceGroup, candidate, term, status } = rumor.value;
      return {
        ...common,
        service_group: serviceGroup,
        member_id: candidate,
        incarnation: wide(term),
        state: status,
      };
    }
    case "departure":
      return { ...common, member_id: rumor.value.memberId };
  }
}

/** `troubles`: what the node says is wrong. */
export function statusReport(
  own: OwnMember,
  keyName: string | undefined,
  troubles: readonly string[],
): RingStatusReport {
  const { state, address } = own;
  const entries = memberEntries(state).filter(({ member }) => member.id !== state.self);
  const members = { alive: 0, suspect: 0, confirmed: 0, departed: 0 };
  members[state.departed ? "departed" : "alive"]++;
  for (const { health } of entries) members[health]++;
  const groups = [...state.services.keys()].sort().map((group) => groupReport(state, group));
  return {
    member_id: state.self,
    incarnation: wide(state.incarnation),
    address: hostAndPort(address.host, address.port),
    ring_key: keyName ?? null,
    members,
    groups,
    problems: [
      ...troubles,
      ...entries.flatMap((entry) => memberProblem(entry)),
      ...groups.flatMap((group) => groupProblem(state, group)),
    ],
  };
}

function groupReport(state: RingState, serviceGroup: string): RingGroupReport {
  const running = [...(state.services.get(serviceGroup)?.values() ?? [])].filter(
    ({ stopped }) => stopped !== true,
  );
  // The own entry may not be there before others have told it.
  const healths = running.map(({ memberId }) =>
    memberId === state.self ? "alive" : healthOf(state, memberId),
  );
  const election = state.elections.get(serviceGroup);
  return {
    service_group: serviceGroup,
    members: healths.filter((health) => health !== "departed").length,
    alive: healths.filter((health) => health === "alive").length,
    election: election?.status ?? "none",
    term: election === undefined ? null : wide(election.term),
    leader: election?.status === "finished" ? election.candidate : null,
    quorum: election === undefined ? null : hasQuorum(state, serviceGroup),
    update: updateReport(state, serviceGroup, running),
  };
}

function updateReport(
  state: RingState,
  serviceGroup: string,
  running: readonly ServiceRumor[],
): RingUpdateReport | null {
  const election = state.electionUpdates.get(serviceGroup);
  if (election === undefined) return null;
  const leader = election.status === "finished" ? election.candidate : null;
  const release = running.find(({ memberId }) => memberId === leader)?.pkg ?? null;
  const alive = running.filter(
    ({ memberId }) => memberId === state.self || healthOf(state, memberId) === "alive",
  );
  return {
    leader,
    release,
    done: alive.filter(({ pkg, changing }) => pkg === release && changing !== true).length,
    changing: alive.filter(({ changing }) => changing === true).map(({ memberId }) => memberId),
  };
}

function memberProblem({ member, health }: MemberEntry): string[] {
  const name = `${member.id} at ${hostAndPort(member.address, member.gossipPort)}`;
  switch (health) {
    case "suspect":
      return [`${name} does not answer`];
    case "confirmed":
      return [`${name} is down; if it will not come back: hab sup depart ${member.id}`];
    case "alive":
    case "departed":
      return [];
  }
}

function groupProblem(state: RingState, group: RingGroupReport): string[] {
  // Where all have left there is nobody to lead.
  if (group.election === "none" || group.members === 0) return [];
  const { service_group, alive, members, leader } = group;
  if (members === 1 && leader === null)
    return [`${service_group} has no leader: nobody is elected where a member is alone`];
  if (group.quorum === false)
    return [`${service_group} cannot elect a leader: ${alive} of ${members} members are alive`];
  if (leader === null) return [`${service_group} has no leader: its election is under way`];
  const health = leader === state.self ? "alive" : healthOf(state, leader);
  return health === "alive" ? [] : [`the leader of ${service_group}, ${leader}, is not alive`];
}

export function hostAndPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A number that JSON readers would round as a text. */
export function wide(value: bigint): WideNumber {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);
}
