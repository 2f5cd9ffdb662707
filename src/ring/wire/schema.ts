// The messages of the ring (reference/butterfly.md §2.1, §3, §4), proto2 on the wire. Kinds, healths and statuses are plain
// numbers here: what an unknown one means differs (§5.2) and is decided where messages become values. Fields from 1000 on
// are ours (§17): an original member skips them and does not hand them on.
import { BUCKET_LIMIT, VERSION_HASH_LIMIT, WANTED_KEY_LIMIT } from "../limits.ts";
import { HASH48_BYTES } from "./hash-bytes.ts";
import type { Schema } from "./message.ts";

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
    abilities: { number: 1000, type: "integer" },
  },
} as const satisfies Schema;

export const MEMBERSHIP = {
  name: "Membership",
  fields: {
    member: { number: 1, type: MEMBER },
    health: { number: 2, type: "int32" },
    accuser: { number: 1000, type: "string" },
    ageMs: { number: 1001, type: "integer" },
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
    stopped: { number: 1000, type: "bool" },
    changing: { number: 1001, type: "bool" },
    draining: { number: 1002, type: "bool" },
    notReady: { number: 1003, type: "bool" },
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

/** Our own: how two members of ours find what one lacks. */
export const SUMMARY = {
  name: "Summary",
  fields: {
    records: { number: 1, type: "integer" },
    buckets: { number: 2, type: { width: HASH48_BYTES, limit: BUCKET_LIMIT } },
  },
} as const satisfies Schema;

export const VERSIONS = {
  name: "Versions",
  fields: {
    buckets: { number: 1, type: { width: 2, limit: BUCKET_LIMIT } },
    versions: { number: 2, type: { width: HASH48_BYTES, limit: VERSION_HASH_LIMIT } },
  },
} as const satisfies Schema;

export const WANT = {
  name: "Want",
  fields: { keys: { number: 1, type: { width: HASH48_BYTES, limit: WANTED_KEY_LIMIT } } },
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
    hello: { number: 1000, type: MEMBER },
    summary: { number: 1001, type: SUMMARY },
    versions: { number: 1002, type: VERSIONS },
    want: { number: 1003, type: WANT },
  },
  oneOf: ["member", "service", "serviceConfig", "serviceFile", "election", "departure"],
} as const satisfies Schema;
