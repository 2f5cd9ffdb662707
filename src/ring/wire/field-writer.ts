// Writes the fields of Protocol Buffers into one growing buffer, and says beforehand how many bytes each will take.
import { HASH48_BYTES, writeHash48 } from "./hash-bytes.ts";

/** Enough for any datagram; only rumors with files make it grow. */
const INITIAL_BYTES = 2048;
/** A larger buffer is not kept for the next message. */
const KEPT_BYTES = 65_536;
const LARGEST_VARINT_BYTES = 10;
const LARGEST_BYTES_A_UNIT = 3;

const encoder = new TextEncoder();

/** Written once and read out with `finish`, then free for the next message. Not for use by two encoders in turn. */
export class FieldWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #at = 0;

  /** Forgets what an encoding that threw may have left. */
  start(): void {
    this.#at = 0;
  }

  /** A copy of all that was written. */
  finish(): Uint8Array {
    const message = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    if (this.#bytes.length > KEPT_BYTES) this.#bytes = new Uint8Array(INITIAL_BYTES);
    return message;
  }

  /** A whole number from 0 to 2^53 − 1; tags too. */
  varint(value: number): void {
    this.#reserve(LARGEST_VARINT_BYTES);
    if (value < 0x80 && value >= 0) this.#bytes[this.#at++] = value;
    else this.#longVarint(value);
  }

  /** A whole number of 32 bits, negative ones in ten bytes. */
  int32(value: number): void {
    if (value < 0) this.uint64(BigInt.asUintN(64, BigInt(value)));
    else this.varint(value);
  }

  uint64(value: bigint): void {
    if (value < 0n || value >= 2n ** 64n) throw new RangeError(`${value} does not fit into 64 bits`);
    if (value <= Number.MAX_SAFE_INTEGER) {
      this.varint(Number(value));
      return;
    }
    this.#reserve(LARGEST_VARINT_BYTES);
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
    this.#bytes[this.#at++] = Number(rest);
  }

  bool(value: boolean): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = value ? 1 : 0;
  }

  text(value: string): void {
    const { length } = value;
    this.#reserve(length * LARGEST_BYTES_A_UNIT + LARGEST_VARINT_BYTES);
    const start = this.open();
    const bytes = this.#bytes;
    let at = start;
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) {
        at = start + encoder.encodeInto(value, bytes.subarray(start)).written;
        break;
      }
      bytes[at++] = code;
    }
    this.#at = at;
    this.close(start);
  }

  block(value: Uint8Array): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  /** Six bytes without a length in front. */
  rawHash48(value: number): void {
    this.#reserve(HASH48_BYTES);
    writeHash48(this.#bytes, this.#at, value);
    this.#at += HASH48_BYTES;
  }

  hash48(value: number): void {
    this.varint(HASH48_BYTES);
    this.rawHash48(value);
  }

  /** Numbers of `width` bytes each, the lowest byte first. */
  packed(width: number, values: readonly number[]): void {
    this.varint(values.length * width);
    this.#reserve(values.length * width);
    const view = Buffer.from(this.#bytes.buffer);
    for (const value of values) {
      view.writeUIntLE(value, this.#at, width);
      this.#at += width;
    }
  }

  /** Begins a nested message; `close` gets what this returned. */
  open(): number {
    this.#reserve(1);
    return ++this.#at;
  }

  /** Puts the length in front of what was written since `open`, moving it where one byte does not do. */
  close(start: number): void {
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    const shift = varintSize(length) - 1;
    this.#reserve(shift);
    this.#bytes.copyWithin(start + shift, start, this.#at);
    this.#at = start - 1;
    this.varint(length);
    this.#at += length;
  }

  #longVarint(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no whole number`);
    let rest = value;
    // Division, as shifts would cut to 32 bits.
    for (; rest >= 2 ** 31; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #reserve(count: number): void {
    const needed = this.#at + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}

/** Bytes of a whole number from 0 to 2^53 − 1. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Bytes of a number of 64 bits. */
export function uint64Size(value: bigint): number {
  if (value <= Number.MAX_SAFE_INTEGER) return varintSize(Number(value));
  let size = 1;
  for (let rest = value; rest > 0x7fn; rest >>= 7n) size++;
  return size;
}

/** Bytes of a text with its length in front. */
export function textSize(text: string): number {
  return blockSize(utf8Length(text));
}

/** Bytes of anything with its length in front. */
export function blockSize(length: number): number {
  return varintSize(length) + length;
}

function utf8Length(text: string): number {
  for (let index = 0; index < text.length; index++)
    if (text.charCodeAt(index) > 0x7f) return Buffer.byteLength(text);
  return text.length;
}
