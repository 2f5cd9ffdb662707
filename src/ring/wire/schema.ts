// The messages of the ring (reference/butterfly.md §2.1, §3, §4), proto2 on the wire. Kinds, healths and statuses are plain
// numbers here: what an unknown one means differs (§5.2) and is decided where messages become values.
import type { Schema } from "./message.ts";

export const WIRE = {
  name: "Wire",
  fields: {
    encrypted: { number: 1, type: "bool" },
    nonce: { number: 2, type: "bytes" },
    payload: { number: 3, type: "bytes" },
  },
} as const satisfies Schema;

export const MEMBER = {
  name: "Member",
  fields: {
    id: { number: 1, type: "string" },
    incarnation: { number: 2, type: "uint64" },
    address: { number: 3, type: "string" },
    swimPort: { number: 4, type: "int32" },
    gossipPort: { number: 5, type: "int32" },
    persistent: { number: 6, type: "bool" },
    departed: { number: 7, type: "bool" },
    probePing: { number: 8, type: "bool" },
  },
} as const satisfies Schema;

export const MEMBERSHIP = {
  name: "Membership",
  fields: {
    member: { number: 1, type: MEMBER },
    health: { number: 2, type: "int32" },
  },
} as const satisfies Schema;

const SYSTEM_INFO = {
  name: "SysInfo",
  fields: {
    ip: { number: 1, type: "string" },
    hostname: { number: 2, type: "string" },
    gossipIp: { number: 3, type: "string" },
    gossipPort: { number: 4, type: "uint32" },
    httpGatewayIp: { number: 5, type: "string" },
    httpGatewayPort: { number: 6, type: "uint32" },
    ctlGatewayIp: { number: 7, type: "string" },
    ctlGatewayPort: { number: 8, type: "uint32" },
  },
} as const satisfies Schema;

/** Numbers 4 to 7 and 11 were used once and stay free. */
export const SERVICE = {
  name: "Service",
  fields: {
    memberId: { number: 1, type: "string" },
    serviceGroup: { number: 2, type: "string" },
    incarnation: { number: 3, type: "uint64" },
    initialized: { number: 8, type: "bool" },
    pkg: { number: 9, type: "string" },
    cfg: { number: 10, type: "bytes" },
    sys: { number: 12, type: SYSTEM_INFO },
    pkgIncarnation: { number: 13, type: "uint64" },
  },
} as const satisfies Schema;

export const SERVICE_CONFIG = {
  name: "ServiceConfig",
  fields: {
    serviceGroup: { number: 1, type: "string" },
    incarnation: { number: 2, type: "uint64" },
    encrypted: { number: 3, type: "bool" },
    config: { number: 4, type: "bytes" },
  },
} as const satisfies Schema;

export const SERVICE_FILE = {
  name: "ServiceFile",
  fields: {
    serviceGroup: { number: 1, type: "string" },
    incarnation: { number: 2, type: "uint64" },
    encrypted: { number: 3, type: "bool" },
    filename: { number: 4, type: "string" },
    body: { number: 5, type: "bytes" },
  },
} as const satisfies Schema;

export const ELECTION = {
  name: "Election",
  fields: {
    memberId: { number: 1, type: "string" },
    serviceGroup: { number: 2, type: "string" },
    term: { number: 3, type: "uint64" },
    suitability: { number: 4, type: "uint64" },
    status: { number: 5, type: "int32" },
    votes: { number: 6, type: "string", repeated: true },
  },
} as const satisfies Schema;

const DEPARTURE = {
  name: "Departure",
  fields: { memberId: { number: 1, type: "string" } },
} as const satisfies Schema;

export const RUMOR = {
  name: "Rumor",
  fields: {
    type: { number: 1, type: "int32" },
    tag: { number: 2, type: "string", repeated: true },
    fromId: { number: 3, type: "string" },
    member: { number: 4, type: MEMBERSHIP },
    service: { number: 5, type: SERVICE },
    serviceConfig: { number: 6, type: SERVICE_CONFIG },
    serviceFile: { number: 7, type: SERVICE_FILE },
    election: { number: 8, type: ELECTION },
    departure: { number: 9, type: DEPARTURE },
  },
  oneOf: ["member", "service", "serviceConfig", "serviceFile", "election", "departure"],
} as const satisfies Schema;
