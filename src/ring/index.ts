// What a member knows of its ring: stores of rumors with their merge rules, and the files they are kept in.
export { insertDeparture } from "./departure.ts";
export {
  type ElectionKind,
  insertElection,
  restartElections,
  type Suitability,
  startElection,
} from "./election.ts";
export { ringErrors } from "./errors.ts";
export { addHash, HASH48_RANGE, type HashPart, hash48, subtractHash } from "./hash48.ts";
export { coolDown, heatedKeys, hotFor, purgeHeat, startHot } from "./heat.ts";
export { type InsertContext, insertRumor } from "./insert.ts";
export * from "./limits.ts";
export { createMember } from "./machine/machine.ts";
export type { Health, Member, Membership } from "./member.ts";
export { type MemberEntry, MemberRegistry, MemberTable } from "./member-table.ts";
export {
  hearAboutMember,
  hearFromMember,
  hearProbeFromMember,
  insertMembership,
} from "./membership.ts";

export type * from "./metrics.ts";
export type { RingHealth, TrafficHealth } from "./node/health.ts";
export { type RingNode, type RingNodeOptions, startRingNode } from "./node/node.ts";
export * from "./peers.ts";

export * from "./protocol.ts";
export { electorate, hasQuorum, population } from "./quorum.ts";
export {
  CLIENT_ID,
  type Departure,
  type Election,
  type ElectionStatus,
  MAXIMUM_U64,
  type Rumor,
  type RumorKey,
  type RumorKind,
  type ServiceConfigRumor,
  type ServiceFileRumor,
  type ServiceRumor,
  type SystemInfo,
} from "./rumor.ts";
export { formatServiceGroup, parseServiceGroup, type ServiceGroup } from "./service-group.ts";
export { insertService, insertServiceConfig, insertServiceFile } from "./services.ts";
export { shortId } from "./short-id.ts";
export {
  configFor,
  electionFor,
  electionUpdateFor,
  emptyRingState,
  filesFor,
  healthOf,
  memberEntries,
  ownServiceRumor,
  type RingCounters,
  type RingState,
  ringCounters,
  serviceGroups,
  serviceRumors,
} from "./state.ts";
export {
  loadStateFile,
  readStateFile,
  type StateFileContent,
  writeRecords,
  writeStateFile,
} from "./state-file.ts";
/** The simulator, loaded when somebody wants it. */
export const loadSimulator = () => import("./sim/index.ts");
export type { Report as SimulationReport, SimulationOptions } from "./sim/index.ts";
export { openRingStorage, type RingStorage, type RingStorageOptions, type StateDamage } from "./storage.ts";
export { storedRumors } from "./stored-rumors.ts";
export { type Envelope, ringEnvelope } from "./wire/envelope.ts";
export { decodeGossip, encodeGossip } from "./wire/gossip.ts";
export { decodeMembership, decodeRumor, encodeMembership, encodeRumor } from "./wire/rumor.ts";
export { decodeSwim, encodeSwim, swimSize } from "./wire/swim.ts";
export { type EncodingOptions, membershipSize } from "./wire/swim-member.ts";
export { ZmtpDialer, type ZmtpOutput, ZmtpReader, zmtpFrame } from "./wire/zmtp.ts";
export { OWN_PROPERTY, type ZmtpPeer } from "./wire/zmtp-handshake.ts";
