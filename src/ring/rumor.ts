// What members tell each other besides membership, and the keys under which it is stored once
// (reference/butterfly.md §4, §12.1).
import type { Membership } from "./member.ts";

/** Where a member can be reached. The addresses are those it listens on, often `0.0.0.0`. */
export interface SystemInfo {
  readonly ip: string;
  readonly hostname: string;
  readonly gossipIp: string;
  readonly gossipPort: number;
  readonly httpGatewayIp: string;
  readonly httpGatewayPort: number;
  readonly ctlGatewayIp: string;
  readonly ctlGatewayPort: number;
}

/** A service run by a member. Never retracted in the original's protocol. */
export interface ServiceRumor {
  readonly memberId: string;
  readonly serviceGroup: string;
  readonly incarnation: bigint;
  /** Compat: always sent as false, read by nobody. */
  readonly initialized: boolean;
  /** Fully qualified ident. */
  readonly pkg: string;
  /** TOML text of the exported configuration. */
  readonly cfg: Uint8Array;
  readonly sys: SystemInfo;
  /** Counts rolling updates. */
  readonly pkgIncarnation: bigint;
  /** Extension: the service has been stopped for good; what follows is a tombstone. */
  readonly stopped?: boolean;
  /** Extension, a hint: its member is stopping it to start it with another release, and it is not up again yet. */
  readonly changing?: boolean;
  /** Extension: it is about to be stopped and takes no new work. */
  readonly draining?: boolean;
  /** Extension: it runs, and says that it cannot do its work yet, or just now. */
  readonly notReady?: boolean;
}

/** Configuration applied to a group. */
export interface ServiceConfigRumor {
  readonly serviceGroup: string;
  readonly incarnation: bigint;
  /** Whether `config` is a `BOX-1` text. */
  readonly encrypted: boolean;
  readonly config: Uint8Array;
  /** Who put it into the ring; handed on as received. */
  readonly fromId: string;
}

/** A file uploaded to a group. */
export interface ServiceFileRumor {
  readonly serviceGroup: string;
  readonly incarnation: bigint;
  readonly encrypted: boolean;
  readonly filename: string;
  readonly body: Uint8Array;
  readonly fromId: string;
}

export type ElectionStatus = "running" | "no-quorum" | "finished";

/** One rumor for a whole group: everybody adds a vote to it, the best candidate stands in it (§13). */
export interface Election {
  readonly serviceGroup: string;
  /** Member id. */
  readonly candidate: string;
  readonly term: bigint;
  readonly suitability: bigint;
  readonly status: ElectionStatus;
  readonly votes: readonly string[];
}

/** A member told to leave for good by `hab sup depart`. */
export interface Departure {
  readonly memberId: string;
}

export type Rumor =
  | { readonly kind: "member"; readonly fromId: string; readonly value: Membership }
  | { readonly kind: "service"; readonly fromId: string; readonly value: ServiceRumor }
  | { readonly kind: "service-config"; readonly fromId: string; readonly value: ServiceConfigRumor }
  | { readonly kind: "service-file"; readonly fromId: string; readonly value: ServiceFileRumor }
  | { readonly kind: "election"; readonly fromId: string; readonly value: Election }
  | { readonly kind: "election-update"; readonly fromId: string; readonly value: Election }
  | { readonly kind: "departure"; readonly fromId: string; readonly value: Departure };

export type RumorKind = Rumor["kind"];

/** Sender named in rumors that come from a command rather than from a member. */
export const CLIENT_ID = "butterflyclient";

/** Largest value of the wire's 64-bit numbers; as a suitability, "must win". */
export const MAXIMUM_U64 = 2n ** 64n - 1n;

/** The next number after an incarnation; after the largest there is none: the wire has 64 bits. */
export function nextIncarnation(incarnation: bigint): bigint {
  return incarnation >= MAXIMUM_U64 ? MAXIMUM_U64 : incarnation + 1n;
}

export interface RumorKey {
  readonly kind: RumorKind;
  readonly id: string;
  readonly key: string;
}

export function memberKey(memberId: string): RumorKey {
  return { kind: "member", id: memberId, key: "" };
}

export function serviceKey(memberId: string, serviceGroup: string): RumorKey {
  return { kind: "service", id: memberId, key: serviceGroup };
}

export function serviceConfigKey(serviceGroup: string): RumorKey {
  return { kind: "service-config", id: "service_config", key: serviceGroup };
}

export function serviceFileKey(serviceGroup: string, filename: string): RumorKey {
  return { kind: "service-file", id: filename, key: serviceGroup };
}

export function electionKey(kind: "election" | "election-update", serviceGroup: string): RumorKey {
  return { kind, id: "election", key: serviceGroup };
}

export function departureKey(memberId: string): RumorKey {
  return { kind: "departure", id: memberId, key: "departure" };
}
