// How often one address may ask: a bucket of tokens for each, filled at a steady rate. Kept in memory, so each process of
// a depot counts for itself.

export interface Rate {
  readonly perSecond: number;
  /** Requests at once before the rate counts. */
  readonly burst: number;
}

/** Addresses remembered; beyond it the one seen longest ago is forgotten, and starts anew. */
const MAX_ADDRESSES = 50_000;

interface Bucket {
  left: number;
  at: number;
}

export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: Rate, now: () => number) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one; false when the address has none left. */
  take(address: string): boolean {
    const bucket = this.#bucketOf(address);
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  /** Takes back one `take`. */
  giveBack(address: string): void {
    const bucket = this.#bucketOf(address);
    bucket.left = Math.min(this.#rate.burst, bucket.left + 1);
  }

  /** Whether `take` would succeed. */
  has(address: string): boolean {
    return this.#bucketOf(address).left >= 1;
  }

  /** Seconds until there is one again. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(1 / this.#rate.perSecond));
  }

  #bucketOf(address: string): Bucket {
    const key = addressKey(address);
    const now = this.#now();
    const known = this.#buckets.get(key);
    const bucket = known ?? { left: this.#rate.burst, at: now };
    // A clock that goes back gives nothing.
    const passed = Math.max(0, now - bucket.at) / 1000;
    bucket.left = Math.min(this.#rate.burst, bucket.left + passed * this.#rate.perSecond);
    bucket.at = now;
    // Put at the end again: the first of the map is the one seen longest ago.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > MAX_ADDRESSES) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return bucket;
  }
}

/** One customer has a whole /64 of IPv6, so that counts as one address. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:/i, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const rest = tail === "" ? [] : tail.split(":");
    while (groups.length + rest.length < 8) groups.push("0");
    groups.push(...rest);
  }
  return groups.slice(0, 4).join(":");
}

/** Whether an address is of this machine itself. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || plain.startsWith("127.");
}
