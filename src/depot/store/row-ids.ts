// Ids of rows, in the original's layout: milliseconds since its epoch, then a sequence number, then low bits
// (reference/depot-api.md §16). The low 13 bits, zero there, tell processes apart here.
import type { RowId } from "./schema.ts";

/** The original counts milliseconds from here. */
const EPOCH_MS = 1_409_266_191_000;

/** One step of the sequence, which stands above the low 13 bits. */
const STEP = 1n << 13n;

/** Hands out ids that rise, also over a clock that stands still or goes back, and differ over processes. */
export class RowIds {
  readonly #now: () => number;
  readonly #process = BigInt((crypto.getRandomValues(new Uint16Array(1))[0] as number) & 0x1fff);
  #last = 0n;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): RowId {
    const moment = BigInt(Math.max(0, this.#now() - EPOCH_MS)) << 23n;
    this.#last = moment > this.#last ? moment : this.#last + STEP;
    return String(this.#last | this.#process);
  }
}
