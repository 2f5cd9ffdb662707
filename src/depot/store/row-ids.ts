// Ids of rows, in the original's layout: milliseconds since its epoch, then a sequence number, then low bits
// (reference/depot-api.md §16). The low 13 bits, zero there, tell processes apart here.
import { randomBytes } from "node:crypto";
import type { RowId } from "./schema.ts";

/** The original counts milliseconds from here. */
const EPOCH_MS = 1_409_266_191_000;

/** Hands out ids that rise with time and are unique over processes that share a database. */
export class RowIds {
  readonly #now: () => number;
  readonly #process = BigInt(randomBytes(2).readUInt16BE() & 0x1fff);
  #sequence = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): RowId {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) % 1024;
    const milliseconds = BigInt(Math.max(0, this.#now() - EPOCH_MS));
    return String((milliseconds << 23n) | (BigInt(sequence) << 13n) | this.#process);
  }
}
