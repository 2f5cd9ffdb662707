// Rumors and memberships between their bytes and their values (reference/butterfly.md §3–§5): what must be there is
// checked here, once. Every field is written out, also when it is zero, as the original does.
import { HEALTHS, type Health, type Member, type Membership } from "../member.ts";
import type { Election, ElectionStatus, Rumor, RumorKind } from "../rumor.ts";
import { formatServiceGroup, parseServiceGroup } from "../service-group.ts";
import { malformed, required, requiredPort } from "./malformed.ts";
import { decodeMessage, encodeMessage, type Message } from "./message.ts";
import {
  type ELECTION,
  type MEMBER,
  MEMBERSHIP,
  RUMOR,
  type SERVICE,
  type SERVICE_CONFIG,
  type SERVICE_FILE,
} from "./schema.ts";
import type { EncodingOptions } from "./swim-member.ts";

/** Kinds by their number on the wire. 6 and 7 are the original's test rumors, never to be sent. */
const KIND_NUMBERS: Readonly<Record<RumorKind, number>> = {
  member: 1,
  service: 2,
  election: 3,
  "service-config": 4,
  "service-file": 5,
  "election-update": 8,
  departure: 9,
};
const KINDS = new Map(Object.entries(KIND_NUMBERS).map(([kind, number]) => [number, kind as RumorKind]));

const STATUSES: readonly ElectionStatus[] = ["running", "no-quorum", "finished"];

const EMPTY = new Uint8Array();

/** Reads a rumor with its envelope. Throws `malformedMessage`. */
export function decodeRumor(bytes: Uint8Array): Rumor {
  return toRumor(decodeMessage(RUMOR, bytes));
}

/** The rumor in an envelope that has been read. Throws `malformedMessage`. */
export function toRumor(envelope: Message<typeof RUMOR>): Rumor {
  const fromId = required(envelope.fromId, "from_id");
  // An absent kind is the first one; an unknown number is not.
  const kind = KINDS.get(envelope.type ?? KIND_NUMBERS.member);
  switch (kind) {
    case "member":
      return { kind, fromId, value: toMembership(required(envelope.member, "member")) };
    case "service":
      return { kind, fromId, value: toService(required(envelope.service, "service")) };
    case "service-config":
      return {
        kind,
        fromId,
        value: toServiceConfig(required(envelope.serviceConfig, "service_config"), fromId),
      };
    case "service-file":
      return { kind, fromId, value: toServiceFile(required(envelope.serviceFile, "service_file"), fromId) };
    case "election":
    case "election-update":
      return { kind, fromId, value: toElection(required(envelope.election, "election"), fromId) };
    case "departure": {
      const { memberId } = required(envelope.departure, "departure");
      return { kind, fromId, value: { memberId: required(memberId, "member_id") } };
    }
    case undefined:
      throw malformed(`a rumor of the unknown kind ${envelope.type}`);
  }
}

/** The bytes of a rumor with its envelope. */
export function encodeRumor(rumor: Rumor, { extensions = true }: EncodingOptions = {}): Uint8Array {
  return encodeMessage(RUMOR, fromRumor(rumor), extensions);
}

function fromRumor(rumor: Rumor): Message<typeof RUMOR> {
  const envelope = { type: KIND_NUMBERS[rumor.kind], fromId: rumor.fromId };
  switch (rumor.kind) {
    case "member":
      return { ...envelope, member: fromMembership(rumor.value) };
    case "service":
      return { ...envelope, service: { ...rumor.value, sys: { ...rumor.value.sys } } };
    case "service-config":
      return { ...envelope, serviceConfig: rumor.value };
    case "service-file":
      return { ...envelope, serviceFile: rumor.value };
    case "election":
    case "election-update":
      return { ...envelope, election: fromElection(rumor.value) };
    case "departure":
      return { ...envelope, departure: rumor.value };
  }
}

/** Reads a bare membership. Throws `malformedMessage`. */
export function decodeMembership(bytes: Uint8Array): Membership {
  return toMembership(decodeMessage(MEMBERSHIP, bytes));
}

export function encodeMembership(membership: Membership): Uint8Array {
  return encodeMessage(MEMBERSHIP, fromMembership(membership));
}

/** A membership from its message. Throws `malformedMessage`. */
export function toMembership({ member, health, accuser, ageMs }: Message<typeof MEMBERSHIP>): Membership {
  return {
    member: toMember(required(member, "member")),
    health: toHealth(health),
    ...(accuser !== undefined && { accuser }),
    ...(ageMs !== undefined && { ageMs }),
  };
}

function fromMembership({ member, health, accuser, ageMs }: Membership): Message<typeof MEMBERSHIP> {
  return {
    member: { ...member },
    health: HEALTHS.indexOf(health) + 1,
    ...(accuser !== undefined && { accuser }),
    ...(ageMs !== undefined && { ageMs: Math.floor(ageMs) }),
  };
}

/** Compat: absent and unknown healths are read as alive. */
function toHealth(number: number | undefined): Health {
  return HEALTHS[(number ?? 1) - 1] ?? "alive";
}

/** A member from its message. Throws `malformedMessage`. */
export function toMember(message: Message<typeof MEMBER>): Member {
  return {
    id: required(message.id, "id"),
    incarnation: message.incarnation ?? 0n,
    address: message.address ?? "",
    swimPort: requiredPort(message.swimPort, "swim_port"),
    gossipPort: requiredPort(message.gossipPort, "gossip_port"),
    persistent: message.persistent ?? false,
    departed: message.departed ?? false,
    probePing: message.probePing ?? false,
    ...(message.abilities !== undefined && { abilities: message.abilities }),
  };
}

function toService(message: Message<typeof SERVICE>) {
  const sys = required(message.sys, "sys");
  return {
    memberId: required(message.memberId, "member_id"),
    serviceGroup: group(message.serviceGroup),
    incarnation: message.incarnation ?? 0n,
    initialized: message.initialized ?? false,
    pkg: required(message.pkg, "pkg"),
    cfg: message.cfg ?? EMPTY,
    sys: {
      ip: required(sys.ip, "ip"),
      hostname: required(sys.hostname, "hostname"),
      gossipIp: sys.gossipIp ?? "",
      gossipPort: sys.gossipPort ?? 0,
      httpGatewayIp: sys.httpGatewayIp ?? "",
      httpGatewayPort: sys.httpGatewayPort ?? 0,
      ctlGatewayIp: sys.ctlGatewayIp ?? "",
      ctlGatewayPort: sys.ctlGatewayPort ?? 0,
    },
    pkgIncarnation: message.pkgIncarnation ?? 0n,
    ...(message.stopped !== undefined && { stopped: message.stopped }),
    ...(message.changing !== undefined && { changing: message.changing }),
    ...(message.draining !== undefined && { draining: message.draining }),
    ...(message.notReady !== undefined && { notReady: message.notReady }),
  };
}

function toServiceConfig(message: Message<typeof SERVICE_CONFIG>, fromId: string) {
  return {
    serviceGroup: group(message.serviceGroup),
    incarnation: message.incarnation ?? 0n,
    encrypted: message.encrypted ?? false,
    config: message.config ?? EMPTY,
    fromId,
  };
}

function toServiceFile(message: Message<typeof SERVICE_FILE>, fromId: string) {
  return {
    serviceGroup: group(message.serviceGroup),
    incarnation: message.incarnation ?? 0n,
    encrypted: message.encrypted ?? false,
    filename: required(message.filename, "filename"),
    body: message.body ?? EMPTY,
    fromId,
  };
}

/** Compat: the candidate is who the envelope says, and the group's name is not checked. */
function toElection(message: Message<typeof ELECTION>, fromId: string): Election {
  return {
    serviceGroup: required(message.serviceGroup, "service_group"),
    candidate: fromId,
    term: message.term ?? 0n,
    suitability: message.suitability ?? 0n,
    status: STATUSES[(message.status ?? 1) - 1] ?? "running",
    votes: message.votes ?? [],
  };
}

function fromElection(election: Election): Message<typeof ELECTION> {
  return {
    memberId: election.candidate,
    serviceGroup: election.serviceGroup,
    term: election.term,
    suitability: election.suitability,
    status: STATUSES.indexOf(election.status) + 1,
    votes: [...election.votes],
  };
}

function group(text: string | undefined): string {
  return formatServiceGroup(parseServiceGroup(required(text, "service_group")));
}
