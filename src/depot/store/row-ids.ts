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
  readonly #process: bigint;
  #last = 0n;

  /** `process`: a number no other running process has, of which 13 bits count. */
  constructor(now: () => number, process: number) {
    this.#now = now;
    this.#process = BigInt(process & 0x1fff);
  }

  next(): RowId {
    const moment = BigInt(Math.max(0, this.#now() - EPOCH_MS)) << 23n;
    this.#last = moment > this.#last ? moment : this.#last + STEP;
    return String(this.#last | this.#process);
  }
}
