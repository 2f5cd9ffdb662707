// How often a password may be tried: by name, counted in the database for all processes and before the hash is looked at,
// and by address, in memory. A name is locked for a while whether there is such an account or not.
import { blake2b256Hex } from "../../crypto/index.ts";
import { Refusal } from "../answers.ts";
import { RateLimit } from "../rate-limit.ts";
import { type DepotDatabase, timestampOf } from "../store/database.ts";
import { clearFailures, failuresOf, setFailures } from "../store/passwords.ts";

/** Wrong passwords in a row before a name is locked; then for a minute, and twice as long with each further one. */
const FREE_FAILURES = 10;
const FIRST_LOCK_MS = 60_000;
const MAX_LOCK_MS = 15 * 60_000;

/** Failures are forgotten so long after the last one. */
const FORGET_MS = 3600_000;

/** Wrong passwords of one address: many people may sit behind it. */
const ADDRESS_RATE = { perSecond: 1 / 10, burst: 30 } as const;

export interface Attempts {
  /** Counts an attempt as a failure until `succeeded`. Refuses with 429 where there were too many. */
  begin(name: string, address: string): Promise<Attempt>;
}

export interface Attempt {
  succeeded(): Promise<void>;
}

export function attemptsOn(database: DepotDatabase, now: () => number): Attempts {
  const addresses = new RateLimit(ADDRESS_RATE, now);
  return {
    async begin(name, address) {
      if (!addresses.take(address)) throw tooMany(addresses.retryAfterSeconds);
      const hash = blake2b256Hex(name);
      const waitMs = await database.write(async (writing) => {
        const at = now();
        const known = await failuresOf(writing.db, hash);
        const lockedMs = known === undefined ? 0 : millisecondsOf(known.locked_until) - at;
        if (lockedMs > 0) return lockedMs;
        const isFresh = known !== undefined && millisecondsOf(known.last_at) > at - FORGET_MS;
        const failures = (isFresh ? known.failures : 0) + 1;
        await setFailures(
          writing,
          hash,
          { failures, last_at: timestampOf(at), locked_until: timestampOf(at + lockMs(failures)) },
          timestampOf(at - FORGET_MS),
        );
        return 0;
      });
      if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000));
      return {
        async succeeded() {
          addresses.giveBack(address);
          await database.write((writing) => clearFailures(writing, hash));
        },
      };
    },
  };
}

/** How long a name is locked after so many failures. */
export function lockMs(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(MAX_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(20, failures - FREE_FAILURES));
}

function millisecondsOf(timestamp: string): number {
  return Date.parse(`${timestamp}Z`);
}

function tooMany(seconds: number): Refusal {
  return new Refusal(429, "Too many wrong passwords: try again later", { "Retry-After": String(seconds) });
}
