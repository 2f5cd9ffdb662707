// Random numbers from a seed (xoshiro128++ by Blackman and Vigna, seeded by SplitMix32): the same seed gives the same run
// on every machine. Each user of randomness has a stream of its own, so that one drawing more does not shift the others.

/** From 0 up to 1, with 53 bits. */
export type Random = () => number;

const BITS_27 = 2 ** 27;
const BITS_53 = 2 ** 53;

/** The numbered stream of a seed. */
export function seededRandom(seed: number, stream = 0): Random {
  let mix =
    ((seed % 2 ** 32) ^
      Math.imul(Math.floor(seed / 2 ** 32) + 1, 0x85ebca6b) ^
      Math.imul(stream + 1, 0x9e3779b1)) |
    0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1; // never all zero
  const next = (): number => {
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return () => ((next() >>> 6) * BITS_27 + (next() >>> 5)) / BITS_53;
}

/** A whole number from 0 to `limit` - 1. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** A number from `low` up to `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random() * (high - low);
}

export function chance(random: Random, probability: number): boolean {
  return probability > 0 && random() < probability;
}

/** With this mean; most are smaller, a few much larger. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item;
export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined;
export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items[below(random, items.length)];
}

/** So many different ones of the items, in random order; all of them where there are fewer. */
export function sample<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  const pool = [...items];
  const wanted = Math.min(count, pool.length);
  for (let index = 0; index < wanted; index++) {
    const other = index + below(random, pool.length - index);
    const held = pool[index] as Item;
    pool[index] = pool[other] as Item;
    pool[other] = held;
  }
  return pool.slice(0, wanted);
}
