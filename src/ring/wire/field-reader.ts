// Reads the fields of Protocol Buffers one by one, as strictly as the original's decoder (reference/butterfly.md §5.2):
// nothing reaches beyond the message around it, text is UTF-8, numbers have at most 64 bits.
import { decodeUtf8 } from "../../crypto/index.ts";
import { HASH48_BYTES, readHash48 } from "./hash-bytes.ts";
import { malformed } from "./malformed.ts";

/** The kinds of a field's value on the wire, the last three bits of a tag. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BLOCK = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** Groups are read by nobody, but may be skipped; deeper ones than this are refused, as the original does. */
const GROUP_DEPTH_LIMIT = 100;
const UINT32_RANGE = 2 ** 32;

/** A tag as it stands on the wire. */
export function tagOf(field: number, wireType: number): number {
  return field * 8 + wireType;
}

/** A cursor over a message. Every method throws `malformedMessage` where the bytes do not hold what it reads. */
export class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;
  #end: number;
  /** The upper half of the number read last. */
  #high = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length;
  }

  /** Whether there is another field in the message being read. */
  more(): boolean {
    return this.#at < this.#end;
  }

  tag(): number {
    const tag = this.#varint();
    if (this.#high !== 0 || tag < 8 || (tag & 7) > FIXED32) throw malformed(`a field with the tag ${tag}`);
    return tag;
  }

  bool(): boolean {
    return this.#varint() !== 0 || this.#high !== 0;
  }

  /** Compat: only the lower 32 bits count. */
  int32(): number {
    return this.#varint() | 0;
  }

  /** Compat: only the lower 32 bits count. */
  uint32(): number {
    return this.#varint();
  }

  uint64(): bigint {
    const low = this.#varint();
    return this.#high === 0 ? BigInt(low) : (BigInt(this.#high) << 32n) | BigInt(low);
  }

  /** A number of our own extensions: exact as a JavaScript number. */
  safeInteger(): number {
    const low = this.#varint();
    const value = this.#high * UINT32_RANGE + low;
    if (!Number.isSafeInteger(value)) throw malformed(`the number ${value}`);
    return value;
  }

  text(): string {
    const length = this.#length();
    const start = this.#at;
    const end = start + length;
    this.#at = end;
    const bytes = this.#bytes;
    for (let at = start; at < end; at++)
      if ((bytes[at] as number) > 0x7f) {
        const text = decodeUtf8(bytes.subarray(start, end));
        if (text === undefined) throw malformed("text is not UTF-8");
        return text;
      }
    return bytes.toString("latin1", start, end);
  }

  /** A copy: what is stored must not hold a whole packet. */
  block(): Uint8Array {
    const length = this.#length();
    const start = this.#at;
    this.#at += length;
    return Uint8Array.prototype.slice.call(this.#bytes, start, start + length);
  }

  /** As `block`, but a part of what is read: to be used up before that is. */
  view(): Uint8Array {
    const length = this.#length();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Six bytes without a length in front. */
  rawHash48(): number {
    if (this.#end - this.#at < HASH48_BYTES) throw malformed("a hash is cut short");
    const hash = readHash48(this.#bytes, this.#at);
    this.#at += HASH48_BYTES;
    return hash;
  }

  hash48(): number {
    if (this.#length() !== HASH48_BYTES) throw malformed(`a hash has not ${HASH48_BYTES} bytes`);
    return this.rawHash48();
  }

  /** Numbers of `width` bytes each, at most `limit`, which is checked before anything is made for them. */
  packed(width: number, limit: number): number[] {
    const length = this.#length();
    const count = length / width;
    if (!Number.isInteger(count) || count > limit)
      throw malformed(`a list of ${length} bytes, of at most ${limit} numbers of ${width}`);
    const numbers = new Array<number>(count);
    for (let index = 0; index < count; index++)
      numbers[index] = this.#bytes.readUIntLE(this.#at + index * width, width);
    this.#at += length;
    return numbers;
  }

  /** Goes into a nested message: `more` is about its fields until `leave` gets what this returned. */
  enter(): number {
    const length = this.#length();
    const outerEnd = this.#end;
    this.#end = this.#at + length;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.#end = outerEnd;
  }

  /** Passes over a field that is not known, nested groups and all. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case VARINT:
        this.#varint();
        break;
      case FIXED64:
        this.#pass(8);
        break;
      case BLOCK:
        this.#pass(this.#length());
        break;
      case GROUP_START:
        if (depth === GROUP_DEPTH_LIMIT) throw malformed("groups nested too deeply");
        for (;;) {
          const inner = this.tag();
          if ((inner & 7) === GROUP_END) {
            if (inner >>> 3 !== tag >>> 3) throw malformed("a group ended by another");
            break;
          }
          this.skip(inner, depth + 1);
        }
        break;
      case FIXED32:
        this.#pass(4);
        break;
      default:
        throw malformed("the end of a group that has not begun");
    }
  }

  #pass(count: number): void {
    if (count > this.#end - this.#at) throw malformed("it is cut short");
    this.#at += count;
  }

  #length(): number {
    const length = this.#varint();
    if (this.#high !== 0 || length > this.#end - this.#at)
      throw malformed("a length reaches beyond the message");
    return length;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw malformed("it is cut short");
    return this.#bytes[this.#at++] as number;
  }

  /** The lower 32 bits of a number; the upper ones are left in `#high`. */
  #varint(): number {
    let byte = this.#byte();
    this.#high = 0;
    if (byte < 0x80) return byte;
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = this.#byte();
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >>> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) {
        if (shift === 63 && byte > 1) break;
        this.#high = high >>> 0;
        return low >>> 0;
      }
    }
    throw malformed("a number has more than 64 bits");
  }
}
