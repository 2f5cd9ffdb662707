// Signing in from a terminal without a browser, after RFC 8628: the terminal shows a code, a person who is signed in approves
// it on a page of the depot, and the terminal, which has asked meanwhile, gets a token. The codes, how long they hold, and
// what keeps them from being guessed.
import { randomBytes } from "../../crypto/index.ts";
import { RateLimit } from "../rate-limit.ts";

/** How long a person may take to find a browser and sign in. */
export const DEVICE_REQUEST_MS = 10 * 60_000;

/** Seconds between two questions of a terminal, and how many more with each that comes too soon (RFC 8628 §3.5). */
export const POLL_SECONDS = 5;

/** A clock that was set meanwhile makes nobody slower. */
const POLL_TOLERANCE_MS = 1000;

/** Requests that wait or have just been decided on. */
export const MAX_DEVICE_REQUESTS = 1000;

/** Terminals behind one address that begin: with the time above never more than 40 of it wait. */
const BEGIN_RATE = { perSecond: 1 / 30, burst: 20 } as const;

/** Wrong codes of one account, and of one address. */
const WRONG_CODE_RATE = { perSecond: 1 / 30, burst: 20 } as const;

/** Consonants only: nothing is mistaken for another, and no word comes about (RFC 8628 §6.1). */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH = 8;

/** A code for people: eight of twenty letters, 34 bits. */
export function newUserCode(): string {
  let code = "";
  while (code.length < CODE_LENGTH)
    for (const byte of randomBytes(CODE_LENGTH)) {
      // 240 is the greatest multiple of 20 in a byte: what is above would make some letters likelier.
      if (byte < 240 && code.length < CODE_LENGTH) code += LETTERS[byte % LETTERS.length];
    }
  return code;
}

/** As it is shown: `WDJB-MJHT`. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code in what a person typed, with whatever case, dash and blanks; undefined when it can be none. */
export function userCodeOf(typed: string): string | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, "");
  return code.length === CODE_LENGTH && [...code].every((letter) => LETTERS.includes(letter))
    ? code
    : undefined;
}

export interface Devices {
  readonly begins: RateLimit;
  /** By account and by address. */
  readonly wrongCodes: RateLimit;
  readonly pace: PollPace;
}

export function devicesOf(now: () => number): Devices {
  return {
    begins: new RateLimit(BEGIN_RATE, now),
    wrongCodes: new RateLimit(WRONG_CODE_RATE, now),
    pace: new PollPace(now),
  };
}

/**
 * How often each terminal asks. Kept in memory: with several processes one may ask each of them, which costs a look at a
 * row, and spares the database a write for every question.
 */
export class PollPace {
  readonly #now: () => number;
  readonly #polls = new Map<string, { readonly at: number; readonly seconds: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes a question about a request that exists; gives the seconds to wait before the next. */
  secondsAfter(id: string): number {
    const at = this.#now();
    const last = this.#polls.get(id);
    const isTooSoon = last !== undefined && Math.abs(at - last.at) < last.seconds * 1000 - POLL_TOLERANCE_MS;
    const seconds = (last?.seconds ?? POLL_SECONDS) + (isTooSoon ? POLL_SECONDS : 0);
    this.#polls.delete(id);
    this.#polls.set(id, { at, seconds });
    // The first is the one that has not asked for longest.
    for (const oldest of this.#polls.keys()) {
      if (this.#polls.size <= MAX_DEVICE_REQUESTS) break;
      this.#polls.delete(oldest);
    }
    return seconds;
  }
}
