// 48-bit hashes of records, exact in a JavaScript number. Two lanes of 32 bits take in every unit, are finished by murmur3's
// mixing, and 48 of their bits are kept. All members of ours must agree on them: they are part of the protocol. They find
// differences between honest members; against one that makes collisions on purpose there is the ring key.
import type { Hash48 } from "./protocol.ts";

/** Hashes are below this. */
export const HASH48_RANGE = 2 ** 48;

const SEED_A = 0x2b5ad5c1;
const SEED_B = 0x7f4a7c15;
const MULTIPLIER_A = 0xcc9e2d51;
const MULTIPLIER_B = 0x1b873593;
/** In front of each part, so that parts of other kinds or other borders between them hash differently. */
const TEXT = 1;
const NUMBER = 2;
const BYTES = 3;

/** A part of what is hashed. Numbers from 0 to 2^64 − 1; a text counts by its UTF-16 units. */
export type HashPart = string | bigint | Uint8Array;

/** The hash of a sequence: ("ab", "") and ("a", "b") differ. */
export function hash48(...parts: readonly HashPart[]): Hash48 {
  let a = SEED_A;
  let b = SEED_B;
  for (const part of parts) {
    if (typeof part === "bigint") {
      const low = Number(part & 0xffff_ffffn);
      const high = Number((part >> 32n) & 0xffff_ffffn);
      a = Math.imul(a ^ NUMBER, MULTIPLIER_A);
      b = Math.imul(b ^ NUMBER, MULTIPLIER_B);
      a = Math.imul((a << 13) | (a >>> 19), 5) + low;
      b = Math.imul((b << 15) | (b >>> 17), 9) + low;
      a = Math.imul(a ^ (a >>> 15), MULTIPLIER_A) + high;
      b = Math.imul(b ^ (b >>> 13), MULTIPLIER_B) + high;
      a ^= a >>> 16;
      b ^= b >>> 16;
      continue;
    }
    const isText = typeof part === "string";
    const head = part.length * 4 + (isText ? TEXT : BYTES);
    a = Math.imul(a ^ head, MULTIPLIER_A);
    b = Math.imul(b ^ head, MULTIPLIER_B);
    a ^= a >>> 15;
    b ^= b >>> 13;
    for (let index = 0; index < part.length; index++) {
      const unit = isText ? part.charCodeAt(index) : (part[index] as number);
      a = Math.imul(a ^ unit, MULTIPLIER_A);
      b = Math.imul(b ^ unit, MULTIPLIER_B);
      a = (a << 13) | (a >>> 19);
      b = (b << 15) | (b >>> 17);
    }
  }
  // Each lane ends up in the other, so that all 48 bits depend on both.
  a = mixed(a ^ Math.imul(b, 0x9e3779b1));
  b = mixed(b ^ Math.imul(a, 0x85ebca6b));
  return (a >>> 0) * 0x1_0000 + (b >>> 16);
}

/** The digest of a set with one more record: sums modulo 2^48, so that the order of records does not count. */
export function addHash(sum: Hash48, hash: Hash48): Hash48 {
  return (sum + hash) % HASH48_RANGE;
}

/** The digest of a set with one record less. */
export function subtractHash(sum: Hash48, hash: Hash48): Hash48 {
  return (sum - hash + HASH48_RANGE) % HASH48_RANGE;
}

/** The finisher of murmur3: every bit that goes in changes half of those that come out. */
function mixed(lane: number): number {
  let hash = lane;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
