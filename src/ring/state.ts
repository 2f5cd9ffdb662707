// What one member knows of the ring (reference/butterfly.md §8): a plain value, changed by the insert functions beside it
// and read by the census. No clock, no disk, no sockets.
import { compareBytes } from "./byte-order.ts";
import type { Heat } from "./heat.ts";
import type { Health, Member } from "./member.ts";
import { type MemberEntry, type MemberRegistry, MemberTable } from "./member-table.ts";
import type { Departure, Election, ServiceConfigRumor, ServiceFileRumor, ServiceRumor } from "./rumor.ts";

/** How often each store changed since the start; the census compares them with what it saw last. */
export interface RingCounters {
  members: number;
  services: number;
  serviceConfigs: number;
  serviceFiles: number;
  elections: number;
  electionUpdates: number;
  departures: number;
}

export interface RingState {
  /** Own member id. */
  readonly self: string;
  /** Own incarnation; the shell writes it down when it changes. */
  incarnation: bigint;
  /** Whether a Departure named this member: the Supervisor has to stop. */
  departed: boolean;
  /** By id. Compat: the own entry gets in only when others tell it. */
  readonly members: MemberTable;
  /** Members somebody calls confirmed dead whom we believe alive: to be asked directly first. */
  readonly toProbe: Map<string, Member>;
  /** Group → member id → rumor. */
  readonly services: Map<string, Map<string, ServiceRumor>>;
  /** By group. */
  readonly serviceConfigs: Map<string, ServiceConfigRumor>;
  /** Group → file name → rumor. */
  readonly serviceFiles: Map<string, Map<string, ServiceFileRumor>>;
  /** By group. */
  readonly elections: Map<string, Election>;
  /** By group: who leads a rolling update. */
  readonly electionUpdates: Map<string, Election>;
  /** By member id. */
  readonly departures: Map<string, Departure>;
  readonly heat: Heat;
  readonly counters: RingCounters;
}

/** The state of a member that has heard nothing yet. `registry`: shared with other states, in the simulator. */
export function emptyRingState(self: string, incarnation = 0n, registry?: MemberRegistry): RingState {
  return {
    self,
    incarnation,
    departed: false,
    members: new MemberTable(registry),
    toProbe: new Map(),
    services: new Map(),
    serviceConfigs: new Map(),
    serviceFiles: new Map(),
    elections: new Map(),
    electionUpdates: new Map(),
    departures: new Map(),
    heat: new Map(),
    counters: {
      members: 0,
      services: 0,
      serviceConfigs: 0,
      serviceFiles: 0,
      elections: 0,
      electionUpdates: 0,
      departures: 0,
    },
  };
}

/** Groups with at least one service, in byte order. */
export function serviceGroups(state: RingState): string[] {
  return [...state.services.keys()].sort(compareBytes);
}

/** The services of a group, by member id in byte order. */
export function serviceRumors(state: RingState, serviceGroup: string): ServiceRumor[] {
  const rumors = [...(state.services.get(serviceGroup)?.values() ?? [])];
  return rumors.sort((a, b) => compareBytes(a.memberId, b.memberId));
}

/** What this member last said of its own service in a group. */
export function ownServiceRumor(state: RingState, serviceGroup: string): ServiceRumor | undefined {
  return state.services.get(serviceGroup)?.get(state.self);
}

export function configFor(state: RingState, serviceGroup: string): ServiceConfigRumor | undefined {
  return state.serviceConfigs.get(serviceGroup);
}

/** The files of a group, by name in byte order. */
export function filesFor(state: RingState, serviceGroup: string): ServiceFileRumor[] {
  const rumors = [...(state.serviceFiles.get(serviceGroup)?.values() ?? [])];
  return rumors.sort((a, b) => compareBytes(a.filename, b.filename));
}

export function electionFor(state: RingState, serviceGroup: string): Election | undefined {
  return state.elections.get(serviceGroup);
}

export function electionUpdateFor(state: RingState, serviceGroup: string): Election | undefined {
  return state.electionUpdates.get(serviceGroup);
}

/** Known members, by id in byte order. */
export function memberEntries(state: RingState): MemberEntry[] {
  return [...state.members.values()].sort((a, b) => compareBytes(a.member.id, b.member.id));
}

export function healthOf(state: RingState, memberId: string): Health | undefined {
  return state.members.healthOf(memberId);
}

/** A copy of the counters, to compare with later. */
export function ringCounters(state: RingState): Readonly<RingCounters> {
  return { ...state.counters };
}
