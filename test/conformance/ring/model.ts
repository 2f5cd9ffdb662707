// Builds ring states from the short forms of the vectors and turns them back.
import {
  type Election,
  type ElectionStatus,
  emptyRingState,
  type Health,
  heatedKeys,
  insertMembership,
  type Member,
  type RingState,
  type ServiceRumor,
} from "../../../src/ring/index.ts";
import { original, serviceOf } from "../../../src/ring/machine/testing/records.ts";

export interface MemberForm {
  incarnation: string;
  health?: string;
  address?: string;
  swim_port?: number;
  gossip_port?: number;
  persistent?: boolean;
}

export const health = (text: string) => text.toLowerCase() as Health;

export function member(id: string, form: Partial<MemberForm> = {}): Member {
  return original(id, 0, {
    incarnation: BigInt(form.incarnation ?? 0),
    address: form.address ?? "127.0.0.9",
    swimPort: form.swim_port ?? 1,
    gossipPort: form.gossip_port ?? 1,
    persistent: form.persistent ?? false,
  });
}

/** The stored record in the short form, with the given fields. */
export function memberForm(state: RingState, id: string, fields: readonly string[]) {
  const entry = state.members.get(id);
  if (entry === undefined) return null;
  const all: Record<string, unknown> = {
    incarnation: String(entry.member.incarnation),
    health: entry.health.charAt(0).toUpperCase() + entry.health.slice(1),
    address: entry.member.address,
    swim_port: entry.member.swimPort,
    gossip_port: entry.member.gossipPort,
    persistent: entry.member.persistent,
  };
  return Object.fromEntries(fields.map((field) => [field, all[field]]));
}

export function service(memberId: string, serviceGroup: string, incarnation = 1n): ServiceRumor {
  return serviceOf(memberId, serviceGroup, { incarnation });
}

/** A state with these members in it. */
export function stateOf(self: string, healths: Record<string, string>): RingState {
  const state = emptyRingState(self);
  for (const [id, text] of Object.entries(healths))
    insertMembership(state, { member: member(id), health: health(text) }, 0);
  return state;
}

export interface ElectionForm {
  candidate: string;
  term: string;
  suitability: string;
  status: string;
  votes: string[];
}

/** A case of how elections meet in a group the member belongs to. */
export interface GroupCase {
  name: string;
  type: string;
  self: string;
  hook_suitability: string;
  group: string[];
  health: Record<string, string>;
  stored: ElectionForm | null;
  result: ElectionForm;
}

const STATUSES: Record<string, ElectionStatus> = {
  Running: "running",
  NoQuorum: "no-quorum",
  Finished: "finished",
};

export function election(form: ElectionForm, serviceGroup = "g.default"): Election {
  return {
    serviceGroup,
    candidate: form.candidate,
    term: BigInt(form.term),
    suitability: BigInt(form.suitability),
    status: STATUSES[form.status]!,
    votes: form.votes,
  };
}

export function electionForm(value: Election | undefined): ElectionForm | null {
  if (value === undefined) return null;
  return {
    candidate: value.candidate,
    term: String(value.term),
    suitability: String(value.suitability),
    status: Object.keys(STATUSES).find((name) => STATUSES[name] === value.status)!,
    votes: [...value.votes],
  };
}

const KINDS: Record<string, string> = {
  member: "Member",
  service: "Service",
  "service-config": "ServiceConfig",
  "service-file": "ServiceFile",
  election: "Election",
  "election-update": "ElectionUpdate",
  departure: "Departure",
};

/** Hot keys as `Kind/id/key`, sorted. */
export function hotKeys(state: RingState): string[] {
  return heatedKeys(state.heat)
    .map(({ kind, id, key }) => `${KINDS[kind]}/${id}/${key}`)
    .sort();
}
