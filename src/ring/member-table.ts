// The members one member knows, in columns of numbers: a ring of 10,000 is 10,000 such tables in the simulator. Ids,
// their short forms and the records themselves are kept once in a registry that tables may share.
import { addHash, subtractHash } from "./hash48.ts";
import { HEALTHS, type Health, type Member } from "./member.ts";
import type { Hash48, ShortId } from "./protocol.ts";
import { shortId } from "./short-id.ts";

export interface MemberEntry {
  readonly member: Member;
  readonly health: Health;
  /** When it got this health, milliseconds on the caller's monotonic clock. */
  readonly since: number;
}

/** How many sums the digest of a store is kept in, so that a difference is looked for in a part of it only. */
export const DIGEST_BUCKETS = 64;

/** Gives every member id a small number, for good, and keeps one copy of equal records. */
export class MemberRegistry {
  readonly #numbers = new Map<string, number>();
  readonly #byShort = new Map<ShortId, number>();
  /** Those of one short id that belongs to several. */
  readonly #doubles = new Map<ShortId, number[]>();
  readonly #ids: string[] = [];
  readonly #shorts: ShortId[] = [];
  readonly #latest: (Member | undefined)[] = [];

  /** The number of an id, a new one if it has none. */
  number(id: string): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.length;
    const short = shortId(id);
    this.#numbers.set(id, number);
    const other = this.#byShort.get(short);
    if (other === undefined) this.#byShort.set(short, number);
    else this.#doubles.set(short, [...(this.#doubles.get(short) ?? [other]), number]);
    this.#ids.push(id);
    this.#shorts.push(short);
    return number;
  }

  find(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** Whose short id this is; undefined where that is nobody's or several members'. */
  findShort(short: ShortId): number | undefined {
    return this.#doubles.has(short) ? undefined : this.#byShort.get(short);
  }

  allOfShort(short: ShortId): readonly number[] {
    const number = this.#byShort.get(short);
    return this.#doubles.get(short) ?? (number === undefined ? [] : [number]);
  }

  id(number: number): string {
    return this.#ids[number] ?? "";
  }

  short(number: number): ShortId {
    return this.#shorts[number] ?? 0;
  }

  /** `member`, or the equal record that was seen last for this id. */
  shared(number: number, member: Member): Member {
    const latest = this.#latest[number];
    if (latest !== undefined && areSameRecords(latest, member)) return latest;
    this.#latest[number] = member;
    return member;
  }
}

/** A map from member id to what is believed of it, with the digest of all entries. */
export class MemberTable {
  readonly registry: MemberRegistry;
  readonly #records: (Member | undefined)[] = [];
  /** 1 + the place in `HEALTHS`; 0 where there is no entry. */
  #health = new Uint8Array(16);
  #since = new Float64Array(16);
  #size = 0;
  readonly #counts = [0, 0, 0, 0];
  readonly #sums = new Float64Array(DIGEST_BUCKETS);
  #digest: Hash48 = 0;

  constructor(registry = new MemberRegistry()) {
    this.registry = registry;
  }

  get size(): number {
    return this.#size;
  }

  /** How many have this health. */
  count(health: Health): number {
    return this.#counts[HEALTHS.indexOf(health)] ?? 0;
  }

  /** The sum of the hashes of all entries: equal where two tables agree on everybody's incarnation and health. */
  get digest(): Hash48 {
    return this.#digest;
  }

  bucketSum(bucket: number): Hash48 {
    return this.#sums[bucket] ?? 0;
  }

  get(id: string): MemberEntry | undefined {
    const number = this.registry.find(id);
    return number === undefined ? undefined : this.at(number);
  }

  /** The entry of a registry number. */
  at(number: number): MemberEntry | undefined {
    const member = this.#records[number];
    const health = this.healthAt(number);
    if (member === undefined || health === undefined) return undefined;
    return { member, health, since: this.#since[number] ?? 0 };
  }

  memberAt(number: number): Member | undefined {
    return this.#records[number];
  }

  healthAt(number: number): Health | undefined {
    return HEALTHS[(this.#health[number] ?? 0) - 1];
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  set(id: string, { member, health, since }: MemberEntry): void {
    const number = this.registry.number(id);
    this.#grow(number);
    this.#forget(number);
    const record = this.registry.shared(number, member);
    this.#records[number] = record;
    this.#health[number] = HEALTHS.indexOf(health) + 1;
    this.#since[number] = since;
    this.#size++;
    this.#counts[HEALTHS.indexOf(health)] = this.count(health) + 1;
    this.#digested(number, record, health, addHash);
  }

  delete(id: string): boolean {
    const number = this.registry.find(id);
    return number !== undefined && this.#forget(number);
  }

  /** Registry numbers of all entries, rising. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.#records.length; number++)
      if (this.#records[number] !== undefined) yield number;
  }

  /** One past the largest number in use, for loops that cannot afford a generator. */
  get end(): number {
    return this.#records.length;
  }

  *values(): Generator<MemberEntry> {
    for (const number of this.numbers()) {
      const entry = this.at(number);
      if (entry !== undefined) yield entry;
    }
  }

  *keys(): Generator<string> {
    for (const number of this.numbers()) yield this.registry.id(number);
  }

  *[Symbol.iterator](): Generator<[string, MemberEntry]> {
    for (const entry of this.values()) yield [entry.member.id, entry];
  }

  #forget(number: number): boolean {
    const member = this.#records[number];
    const health = this.healthAt(number);
    if (member === undefined || health === undefined) return false;
    this.#digested(number, member, health, subtractHash);
    this.#records[number] = undefined;
    this.#health[number] = 0;
    this.#size--;
    this.#counts[HEALTHS.indexOf(health)] = this.count(health) - 1;
    return true;
  }

  #digested(
    number: number,
    member: Member,
    health: Health,
    change: (sum: Hash48, by: Hash48) => Hash48,
  ): void {
    const short = this.registry.short(number);
    const hash = memberVersion(short, member.incarnation, health);
    const bucket = bucketOf(short);
    this.#sums[bucket] = change(this.bucketSum(bucket), hash);
    this.#digest = change(this.#digest, hash);
  }

  #grow(number: number): void {
    if (number < this.#health.length) return;
    const length = Math.max(number + 1, this.#health.length * 2);
    const health = new Uint8Array(length);
    health.set(this.#health);
    const since = new Float64Array(length);
    since.set(this.#since);
    this.#health = health;
    this.#since = since;
  }
}

/** The bucket of a record by the hash of its key. */
export function bucketOf(keyHash: Hash48): number {
  return keyHash % DIGEST_BUCKETS;
}

/** The hash of what must agree about a member everywhere: who, incarnation, health. Addresses may differ by place. */
export function memberVersion(short: ShortId, incarnation: bigint, health: Health): Hash48 {
  // By hand instead of by `hash48`: it is computed for every entry of every table.
  const low = Number(BigInt.asUintN(32, incarnation)) | 0;
  const high = Number(BigInt.asUintN(32, incarnation >> 32n)) | 0;
  let a = Math.imul(short | 0, 0xcc9e2d51) ^ low;
  let b = Math.imul(Math.floor(short / 0x1_0000), 0x1b873593) ^ high;
  a = Math.imul(a ^ (a >>> 15), 0x85ebca6b) + HEALTHS.indexOf(health) + 1;
  b = Math.imul(b ^ (b >>> 13), 0xc2b2ae35) ^ a;
  a ^= Math.imul(b ^ (b >>> 16), 0x9e3779b1);
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
  b = Math.imul(b ^ a, 0xc2b2ae35);
  a ^= a >>> 13;
  b ^= b >>> 16;
  return (a >>> 0) * 0x1_0000 + (b >>> 16);
}

function areSameRecords(a: Member, b: Member): boolean {
  return (
    a === b ||
    (a.incarnation === b.incarnation &&
      a.address === b.address &&
      a.swimPort === b.swimPort &&
      a.gossipPort === b.gossipPort &&
      a.persistent === b.persistent &&
      a.departed === b.departed &&
      a.probePing === b.probePing &&
      a.abilities === b.abilities &&
      a.id === b.id)
  );
}
