// The members one member knows, in columns of numbers: a ring of 10,000 is 10,000 such tables in the simulator. Ids,
// their short forms and the records themselves are kept once in a registry that tables may share; 9 bytes a pair remain.
import { addHash, subtractHash } from "./hash48.ts";
import { HEALTHS, type Health, type Member } from "./member.ts";
import type { Hash48, ShortId } from "./protocol.ts";
import { shortId } from "./short-id.ts";

export interface MemberEntry {
  readonly member: Member;
  readonly health: Health;
  /** When it got this health, milliseconds on the caller's monotonic clock; while it is alive, only as exact as people need it. */
  readonly since: number;
}

/** How many sums the digest of a store is kept in, so that a difference is looked for in a part of it only. */
export const DIGEST_BUCKETS = 64;

/**
 * Gives every member id a small number, for good, keeps the ids in the order of the circle, and keeps one copy of equal
 * records for as long as a table holds it.
 */
export class MemberRegistry {
  readonly #numbers = new Map<string, number>();
  readonly #byShort = new Map<ShortId, number>();
  /** Those of one short id that belongs to several. */
  readonly #doubles = new Map<ShortId, number[]>();
  readonly #ids: string[] = [];
  readonly #shorts: ShortId[] = [];
  /** The numbers by rising short id, and where in that order each number is. */
  readonly #circle: number[] = [];
  #places: Uint32Array | undefined;
  /** Records by slot, how many tables hold each, and slots that are free again. Slot 0 is nobody's. */
  readonly #records: (Member | undefined)[] = [undefined];
  readonly #holders: number[] = [0];
  readonly #free: number[] = [];
  /** The slot an id's record was put into last. */
  readonly #latest: number[] = [];

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
    this.#latest.push(0);
    this.#circle.splice(this.#firstAbove(short), 0, number);
    this.#places = undefined;
    return number;
  }

  find(id: string): number | undefined {
    return this.#numbers.get(id);
  }

  /** Whose short id this is; undefined where that is nobody's or several members'. */
  findShort(short: ShortId): number | undefined {
    return this.#doubles.size > 0 && this.#doubles.has(short) ? undefined : this.#byShort.get(short);
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

  /** How many ids have a number. */
  get size(): number {
    return this.#ids.length;
  }

  /** The number so many steps around the circle from another: forwards, or with a negative `steps` backwards. */
  beside(number: number, steps: number): number {
    const size = this.#circle.length;
    const place = ((this.#placeOf(number) + steps) % size) + size;
    return this.#circle[place % size] ?? number;
  }

  /** The record in a slot. */
  record(slot: number): Member | undefined {
    return this.#records[slot];
  }

  /** The slot of `member`, or of the equal record that was seen last for this number: held once more from now on. */
  hold(number: number, member: Member): number {
    const latest = this.#latest[number] ?? 0;
    const known = this.#records[latest];
    if (known !== undefined && areSameRecords(known, member)) {
      this.#holders[latest] = (this.#holders[latest] ?? 0) + 1;
      return latest;
    }
    const slot = this.#free.pop() ?? this.#records.length;
    this.#records[slot] = member;
    this.#holders[slot] = 1;
    this.#latest[number] = slot;
    return slot;
  }

  /** Holds a slot once more, as a copy of a table does. */
  holdAgain(slot: number): void {
    this.#holders[slot] = (this.#holders[slot] ?? 0) + 1;
  }

  /** Lets go of a slot; it is free when nobody holds it any more. */
  release(slot: number): void {
    const holders = (this.#holders[slot] ?? 0) - 1;
    this.#holders[slot] = holders;
    if (holders > 0) return;
    this.#records[slot] = undefined;
    this.#free.push(slot);
  }

  /** Where in the circle the first short id above this one is. */
  #firstAbove(short: ShortId): number {
    let low = 0;
    let high = this.#circle.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.short(this.#circle[middle] ?? 0) <= short) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #placeOf(number: number): number {
    if (this.#places === undefined) {
      this.#places = new Uint32Array(this.#circle.length);
      for (let place = 0; place < this.#circle.length; place++)
        this.#places[this.#circle[place] ?? 0] = place;
    }
    return this.#places[number] ?? 0;
  }
}

/** A map from member id to what is believed of it, with the digest of all entries. */
export class MemberTable {
  readonly registry: MemberRegistry;
  /** The slot of each record in the registry; 0 where there is no entry. */
  #slots = new Uint32Array(16);
  /** 1 + the place in `HEALTHS`; 0 where there is no entry. */
  #health = new Uint8Array(16);
  /** Since when each has its health: to a quarter of a second after a month, which will do for those that live… */
  #livingSince = new Float32Array(16);
  /** …and exactly for the others, as something happens after so and so long. */
  readonly #since = new Map<number, number>();
  #size = 0;
  #end = 0;
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

  /** What is believed of an id's health. */
  healthOf(id: string): Health | undefined {
    const number = this.registry.find(id);
    return number === undefined ? undefined : this.healthAt(number);
  }

  /** The entry of a registry number. */
  at(number: number): MemberEntry | undefined {
    const member = this.memberAt(number);
    const health = this.healthAt(number);
    if (member === undefined || health === undefined) return undefined;
    return { member, health, since: this.#sinceOf(number, health) };
  }

  memberAt(number: number): Member | undefined {
    return this.registry.record(this.#slots[number] ?? 0);
  }

  healthAt(number: number): Health | undefined {
    return HEALTHS[(this.#health[number] ?? 0) - 1];
  }

  has(id: string): boolean {
    const number = this.registry.find(id);
    return number !== undefined && (this.#health[number] ?? 0) > 0;
  }

  set(id: string, { member, health, since }: MemberEntry): void {
    const number = this.registry.number(id);
    this.#grow(number + 1);
    // First held, then let go of: the record may be the same.
    const slot = this.registry.hold(number, member);
    this.#forget(number);
    this.#slots[number] = slot;
    this.#health[number] = HEALTHS.indexOf(health) + 1;
    if (health === "alive") this.#livingSince[number] = since;
    else this.#since.set(number, since);
    this.#size++;
    if (number >= this.#end) this.#end = number + 1;
    this.#counts[HEALTHS.indexOf(health)] = this.count(health) + 1;
    this.#digested(number, member, health, addHash);
  }

  delete(id: string): boolean {
    const number = this.registry.find(id);
    return number !== undefined && this.#forget(number);
  }

  /** Takes over all entries of another table of the same registry as of now; this one must be empty. */
  copyFrom(other: MemberTable, now: number): void {
    if (this.#size > 0 || other.registry !== this.registry)
      throw new Error("only an empty table can become a copy of one with the same registry");
    this.#slots = other.#slots.slice(0, other.#end);
    this.#health = other.#health.slice(0, other.#end);
    this.#livingSince = new Float32Array(other.#end).fill(now);
    for (const number of other.#since.keys()) this.#since.set(number, now);
    for (let number = 0; number < other.#end; number++) {
      const slot = other.#slots[number] ?? 0;
      if (slot > 0) this.registry.holdAgain(slot);
    }
    this.#size = other.#size;
    this.#end = other.#end;
    for (let health = 0; health < HEALTHS.length; health++) this.#counts[health] = other.#counts[health] ?? 0;
    this.#sums.set(other.#sums);
    this.#digest = other.#digest;
  }

  /** A copy of the column of healths: 1 + the place in `HEALTHS` by registry number, 0 where there is no entry. */
  healthColumn(): Uint8Array {
    return this.#health.slice(0, this.#end);
  }

  /** Registry numbers of all entries, rising. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.#end; number++) if ((this.#health[number] ?? 0) > 0) yield number;
  }

  /** Registry numbers of those with one of these healths. */
  numbersWith(...healths: readonly Health[]): number[] {
    const found: number[] = [];
    if (healths.every((health) => this.count(health) === 0)) return found;
    const wanted = HEALTHS.map((health) => healths.includes(health));
    for (let number = 0; number < this.#end; number++)
      if (wanted[(this.#health[number] ?? 0) - 1] === true) found.push(number);
    return found;
  }

  /** One past the largest number in use, for loops that cannot afford a generator. */
  get end(): number {
    return this.#end;
  }

  *values(): Generator<MemberEntry> {
    for (let number = 0; number < this.#end; number++) {
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

  #sinceOf(number: number, health: Health): number {
    return (health === "alive" ? this.#livingSince[number] : this.#since.get(number)) ?? 0;
  }

  #forget(number: number): boolean {
    const member = this.memberAt(number);
    const health = this.healthAt(number);
    if (member === undefined || health === undefined) return false;
    this.#digested(number, member, health, subtractHash);
    this.registry.release(this.#slots[number] ?? 0);
    this.#slots[number] = 0;
    this.#health[number] = 0;
    if (health !== "alive") this.#since.delete(number);
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

  #grow(length: number): void {
    if (length <= this.#health.length) return;
    // With a quarter more, not twice: in the simulator there are as many tables as members.
    const roomy = Math.max(16, length + (length >> 2), Math.min(this.registry.size, 2 * length));
    const health = new Uint8Array(roomy);
    health.set(this.#health);
    const slots = new Uint32Array(roomy);
    slots.set(this.#slots);
    const livingSince = new Float32Array(roomy);
    livingSince.set(this.#livingSince);
    this.#health = health;
    this.#slots = slots;
    this.#livingSince = livingSince;
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
