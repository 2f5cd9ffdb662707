// The stored rumors other than memberships, by the hash of their key, with a digest like the member table's: what two
// members compare to find out what one lacks.
import { addHash, hash48, subtractHash } from "../hash48.ts";
import { bucketOf, DIGEST_BUCKETS } from "../member-table.ts";
import type { Hash48 } from "../protocol.ts";
import type { Election, Rumor, RumorKey, SystemInfo } from "../rumor.ts";
import type { RingState } from "../state.ts";
import { storedRumor } from "../stored-rumors.ts";

interface RecordVersion {
  readonly key: RumorKey;
  readonly version: Hash48;
  /** How much it carries (`contentBytes`). */
  readonly bytes: number;
}

export interface OtherRecords {
  readonly byHash: Map<Hash48, RecordVersion>;
  readonly sums: Float64Array;
  digest: Hash48;
  /** How much all of them carry. */
  bytes: number;
}

export function noRecords(): OtherRecords {
  return { byHash: new Map(), sums: new Float64Array(DIGEST_BUCKETS), digest: 0, bytes: 0 };
}

export function keyHash({ kind, id, key }: RumorKey): Hash48 {
  return hash48(kind, id, key);
}

/** Brings the digest up to date with one record as it is stored now, or gone. */
export function updateRecord(records: OtherRecords, state: RingState, key: RumorKey): void {
  const hash = keyHash(key);
  const bucket = bucketOf(hash);
  const before = records.byHash.get(hash);
  if (before !== undefined) {
    records.digest = subtractHash(records.digest, before.version);
    records.sums[bucket] = subtractHash(records.sums[bucket] ?? 0, before.version);
    records.bytes -= before.bytes;
    records.byHash.delete(hash);
  }
  const rumor = storedRumor(state, key);
  const version = versionOf(rumor, hash);
  if (rumor === undefined || version === undefined) return;
  const bytes = contentBytes(rumor);
  records.byHash.set(hash, { key, version, bytes });
  records.bytes += bytes;
  records.digest = addHash(records.digest, version);
  records.sums[bucket] = addHash(records.sums[bucket] ?? 0, version);
}

/** How much a rumor carries besides numbers: about what it takes in memory and on the wire. */
export function contentBytes({ kind, value }: Rumor): number {
  switch (kind) {
    case "member":
      return 0;
    case "service": {
      const { memberId, serviceGroup, pkg, cfg, sys } = value;
      const { ip, hostname, gossipIp, httpGatewayIp, ctlGatewayIp } = sys;
      return (
        cfg.length +
        textLength([memberId, serviceGroup, pkg, ip, hostname, gossipIp, httpGatewayIp, ctlGatewayIp])
      );
    }
    case "service-config":
      return value.config.length + value.serviceGroup.length;
    case "service-file":
      return value.body.length + value.serviceGroup.length + value.filename.length;
    case "election":
    case "election-update":
      return textLength(value.votes) + value.serviceGroup.length + value.candidate.length;
    case "departure":
      return value.memberId.length;
  }
}

export function textLength(texts: readonly string[]): number {
  let length = 0;
  for (const text of texts) length += text.length;
  return length;
}

/** All keys stored, memberships left out. */
export function otherKeys(records: OtherRecords): RumorKey[] {
  return [...records.byHash.values()].map(({ key }) => key);
}

function versionOf(rumor: Rumor | undefined, hash: Hash48): Hash48 | undefined {
  switch (rumor?.kind) {
    case undefined:
    case "member":
      return undefined;
    case "service":
    case "service-config":
    case "service-file":
      return hash48(BigInt(hash), rumor.value.incarnation, BigInt(contentHash(rumor)));
    case "election":
    case "election-update":
      return electionVersion(rumor.value, hash);
    case "departure":
      return hash;
  }
}

type Versioned = Extract<Rumor, { kind: "service" | "service-config" | "service-file" }>;

/** The upper half belongs to services that are stopped, or say what an original member would leave out. */
const HALF_OF_HASHES = 2 ** 47;

const contents = new WeakMap<object, Hash48>();

/**
 * The hash of what a rumor says. At equal incarnation the larger one stays, the same everywhere; what only
 * members of ours say of a service comes before the copy of it that lacks it, because it came through an original member.
 */
export function contentHash(rumor: Versioned): Hash48 {
  const known = contents.get(rumor.value);
  if (known !== undefined) return known;
  const hash = hashContent(rumor);
  contents.set(rumor.value, hash);
  return hash;
}

function hashContent(rumor: Versioned): Hash48 {
  switch (rumor.kind) {
    case "service": {
      const { pkg, cfg, sys, pkgIncarnation, stopped, draining, notReady } = rumor.value;
      const duty =
        draining === true || notReady === true ? [`${draining === true} ${notReady === true}`] : [];
      const half = hash48(pkg, cfg, systemText(sys), pkgIncarnation, ...duty) % HALF_OF_HASHES;
      return stopped === true || duty.length > 0 ? HALF_OF_HASHES + half : half;
    }
    case "service-config":
      return hash48(rumor.value.config, rumor.value.encrypted ? 1n : 0n);
    case "service-file":
      return hash48(rumor.value.body, rumor.value.encrypted ? 1n : 0n);
  }
}

function systemText(sys: SystemInfo): string {
  return [
    sys.ip,
    sys.hostname,
    sys.gossipIp,
    sys.gossipPort,
    sys.httpGatewayIp,
    sys.httpGatewayPort,
    sys.ctlGatewayIp,
    sys.ctlGatewayPort,
  ].join("\n");
}

/** Whether one that runs has a quorum each member sees for itself: that is nothing to agree on. */
function electionVersion({ candidate, term, suitability, status, votes }: Election, hash: Hash48): Hash48 {
  const finished = status === "finished" ? 1n : 0n;
  return hash48(BigInt(hash), candidate, term, suitability, finished, [...votes].sort().join(" "));
}
