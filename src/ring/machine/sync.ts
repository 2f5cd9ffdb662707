// Agreement that does not depend on any single message: members of ours tell the digest of their stores beside every Ping
// and Ack. Where two differ and stay different, one sends the sums by bucket, the other what it holds in the buckets that
// differ, and both send each other what the other lacks. Joiners get everything this way, from one member.
import { addHash } from "../hash48.ts";
import { bucketOf, DIGEST_BUCKETS, memberVersion } from "../member-table.ts";
import type { GossipMessage, Hash48 } from "../protocol.ts";
import { memberKey, type RumorKey } from "../rumor.ts";
import { DIFFERENT_MS, SETTLED_MS, SYNC_PATIENCE_MS, SYNC_PAUSE_MS } from "../timing.ts";
import { comparedStores } from "./arrival.ts";
import { type Core, digest, isOwn, note } from "./core.ts";
import { owe, pushNow } from "./couriers.ts";

/** More records than this at once are a whole ring's: they come from it, so they need not be told back to it. */
const BULK_RECORDS = 64;

/** For how long. */
const BULK_MS = 3000;

/** Versions in one message (reference: `limits.ts` of the wire). */
const VERSIONS_AT_ONCE = 8192;

export interface Syncing {
  /** With whom we compare stores. */
  partner: string | undefined;
  /** Whom we asked last; its answer may come in several messages. */
  asked: string | undefined;
  push: number;
  startedAt: number;
  nextAt: number;
  /** Whether stores have been compared with anybody since the start: a newcomer lacks most, and does not wait. */
  compared: boolean;
  /** Since when digests differ; undefined while they agree. */
  differentSince: number | undefined;
}

export function notSyncing(): Syncing {
  return {
    partner: undefined,
    asked: undefined,
    push: 0,
    startedAt: 0,
    nextAt: 0,
    compared: false,
    differentSince: undefined,
  };
}

/** The digest a member of ours told us beside a datagram. */
export function compareDigest(core: Core, memberId: string, theirs: Hash48): void {
  const { sync, now } = core;
  if (theirs === digest(core)) {
    sync.differentSince = undefined;
    if (!sync.compared) comparedStores(core, 0);
    sync.compared = true;
    return;
  }
  sync.differentSince ??= now;
  const settled = now - core.changedAt >= SETTLED_MS;
  const long = now - sync.differentSince >= DIFFERENT_MS;
  if (settled || long || !sync.compared) beginSync(core, memberId);
}

/** Compares stores with a member, unless that is under way. */
export function beginSync(core: Core, memberId: string): void {
  const { sync, now, state } = core;
  if (sync.partner !== undefined && now - sync.startedAt < SYNC_PATIENCE_MS) return;
  if (now < sync.nextAt) return;
  sync.partner = memberId;
  sync.asked = memberId;
  sync.startedAt = now;
  sync.nextAt = now + SYNC_PAUSE_MS * (1 + core.random());
  sync.push = pushNow(core, memberId, [
    {
      kind: "summary",
      fromId: state.self,
      records: state.members.size + core.records.byHash.size,
      buckets: Array.from({ length: DIGEST_BUCKETS }, (_, bucket) => bucketSum(core, bucket)),
    },
  ]);
}

/** The push of a comparison failed: another partner may do better. */
export function syncPushFailed({ sync }: Core, push: number): void {
  if (push === sync.push) sync.partner = undefined;
}

/** Answers a summary with what we hold in the buckets that differ. */
export function hearSummary(core: Core, message: Extract<GossipMessage, { kind: "summary" }>): void {
  if (message.buckets.length !== DIGEST_BUCKETS || !isKnownOwn(core, message.fromId)) return;
  const differing = message.buckets.flatMap((sum, bucket) =>
    sum === bucketSum(core, bucket) ? [] : [bucket],
  );
  if (differing.length === 0) return;
  // Bucket by bucket, so that each message can be judged by itself.
  let buckets: number[] = [];
  let versions: Hash48[] = [];
  const byBucket = recordsByBucket(core, new Set(differing));
  const flush = (): void => {
    if (buckets.length > 0)
      pushNow(core, message.fromId, [{ kind: "versions", fromId: core.state.self, buckets, versions }]);
    buckets = [];
    versions = [];
  };
  for (const bucket of differing) {
    const records = byBucket.get(bucket) ?? [];
    if (versions.length + 2 * records.length > VERSIONS_AT_ONCE) flush();
    buckets.push(bucket);
    for (const { hash, version } of records) versions.push(hash, version);
  }
  flush();
}

/** Compares what the other side holds with what we do: sends what it lacks, asks for what we lack. */
export function hearVersions(core: Core, message: Extract<GossipMessage, { kind: "versions" }>): void {
  const { sync } = core;
  // Unasked for, it would only make us work, and take what follows for known to all.
  if (sync.asked !== message.fromId || !isKnownOwn(core, message.fromId)) return;
  const theirs = new Map<Hash48, Hash48>();
  for (let at = 0; at + 1 < message.versions.length; at += 2)
    theirs.set(message.versions[at] ?? 0, message.versions[at + 1] ?? 0);
  let sent = 0;
  for (const records of recordsByBucket(core, new Set(message.buckets)).values()) {
    for (const { hash, version, key } of records) {
      const other = theirs.get(hash);
      if (other === version) theirs.delete(hash);
      else {
        owe(core, message.fromId, key);
        sent++;
      }
    }
  }
  const keys = [...theirs.keys()];
  if (keys.length > BULK_RECORDS) {
    core.spread.quietFrom = message.fromId;
    core.spread.quietUntil = core.now + BULK_MS;
  }
  if (keys.length > 0) pushNow(core, message.fromId, [{ kind: "want", fromId: core.state.self, keys }]);
  if (sync.partner === message.fromId) sync.partner = undefined;
  sync.compared = true;
  comparedStores(core, keys.length);
  note(core, { kind: "synced", with: message.fromId, received: keys.length, sent });
}

/** Sends the records asked for. */
export function hearWant(core: Core, message: Extract<GossipMessage, { kind: "want" }>): void {
  if (!isKnownOwn(core, message.fromId)) return;
  const { registry } = core.state.members;
  for (const hash of message.keys) {
    const other = core.records.byHash.get(hash);
    if (other !== undefined) owe(core, message.fromId, other.key);
    for (const number of registry.allOfShort(hash)) owe(core, message.fromId, memberKey(registry.id(number)));
  }
}

/** Only members of ours understand the answers; a stranger is not worth the work. */
function isKnownOwn({ state }: Core, id: string): boolean {
  const member = state.members.get(id)?.member;
  return member !== undefined && isOwn(member);
}

function bucketSum({ state, records }: Core, bucket: number): Hash48 {
  return addHash(state.members.bucketSum(bucket), records.sums[bucket] ?? 0);
}

interface Known {
  readonly hash: Hash48;
  readonly version: Hash48;
  readonly key: RumorKey;
}

function recordsByBucket({ state, records }: Core, buckets: ReadonlySet<number>): Map<number, Known[]> {
  const found = new Map<number, Known[]>();
  const add = (known: Known): void => {
    const bucket = bucketOf(known.hash);
    if (!buckets.has(bucket)) return;
    const list = found.get(bucket);
    if (list === undefined) found.set(bucket, [known]);
    else list.push(known);
  };
  const { members } = state;
  for (let number = 0; number < members.end; number++) {
    const member = members.memberAt(number);
    const health = members.healthAt(number);
    if (member === undefined || health === undefined) continue;
    const hash = members.registry.short(number);
    if (!buckets.has(bucketOf(hash))) continue;
    add({ hash, version: memberVersion(hash, member.incarnation, health), key: memberKey(member.id) });
  }
  for (const [hash, { key, version }] of records.byHash) add({ hash, version, key });
  return found;
}
