// Compresses what becomes tiny, a package of some text above all, into an xz stream: LZMA with what looks best at a place and the
// one after it, instead of liblzma's search for what is best for many. WebAssembly takes longer to come up than all the rest of a small build
// (docs/decisions/0055-small-archives.md).
import { closingFrame } from "./container.ts";
import { crc64 } from "./crc64.ts";
import { RangeEncoder } from "./range-encoder.ts";

/** The most that is tried, and taken for small. */
export const TINY_SIZE_BYTES = 256 * 1024;

/** What does not become this many times smaller is no text, and of what becomes more than this a part is worth having. */
const LEAST_RATIO = 4;
const MOST_BYTES = 16 * 1024;

/** Stream header with CRC64 as check: magic, flags, checksum of the flags (the .xz file format 1.1.0, 2.1.1). */
const STREAM_HEADER = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4, 0xe6, 0xd6, 0xb4, 0x46);
const SMALLEST_DICTIONARY_BITS = 12;

/** LZMA2: a chunk that begins anew, with properties lc = 3, lp = 0, pb = 2; the end. */
const LZMA_CHUNK = 0xe0;
const PROPERTIES = 0x5d;
const END_OF_CHUNKS = 0;

/** Models of the decisions (LZMA specification), by the place of the first of each kind. */
const STATES = 12;
const POSITIONS = 4;
const LITERAL_CONTEXT_BITS = 3;
const LITERAL_MODELS = 0x300;
const LENGTH_MODELS = 2 + POSITIONS * 8 * 2 + 256;
const IS_MATCH = 0;
const IS_REPEAT = IS_MATCH + STATES * POSITIONS;
const IS_NOT_FIRST = IS_REPEAT + STATES;
const IS_NOT_SECOND = IS_NOT_FIRST + STATES;
const IS_NOT_THIRD = IS_NOT_SECOND + STATES;
const IS_LONG = IS_NOT_THIRD + STATES;
const SLOTS = IS_LONG + STATES * POSITIONS;
const FAR = SLOTS + 4 * 64;
const NEAR_BITS = FAR + 115;
const MATCH_LENGTH = NEAR_BITS + 16;
const REPEAT_LENGTH = MATCH_LENGTH + LENGTH_MODELS;
const LITERALS = REPEAT_LENGTH + LENGTH_MODELS;
const MODELS = LITERALS + (LITERAL_MODELS << LITERAL_CONTEXT_BITS);

const SHORTEST_MATCH = 2;
const LONGEST_MATCH = 273;
/** What is found is taken from this length on without looking further, and no more places inside it are remembered. */
const GOOD_MATCH = 32;
/** What a literal, a repetition and a match cost, roughly; a match its distance besides. */
const LITERAL_BITS = 5;
const REPETITION_BITS = 5;
const MATCH_BITS = 7;
const HASH_BITS = 12;
const MOST_CANDIDATES = 32;
const NOWHERE = -1;
/** What one match or literal, what was held back, and the end of the chunks add at most. */
const LONGEST_STEP_BYTES = 64;
/** Runs of zeros are measured by so many. */
const ZEROS = Buffer.alloc(64);

/**
 * The whole stream; undefined for what does not become tiny. `data` is of 1 to TINY_SIZE_BYTES bytes. The same data make
 * the same stream everywhere.
 */
export function encodeTiny(data: Uint8Array): Uint8Array | undefined {
  const chunk = chunkOf(data);
  if (chunk === undefined) return undefined;
  const dictionaryBits = Math.max(SMALLEST_DICTIONARY_BITS, 32 - Math.clz32(data.length - 1));
  const blockHeader = Buffer.alloc(12);
  blockHeader.set([blockHeader.length / 4 - 1, 0, 0x21, 1, (dictionaryBits - SMALLEST_DICTIONARY_BITS) * 2]);
  blockHeader.writeUInt32LE(Bun.hash.crc32(blockHeader.subarray(0, 8)), 8);
  const check = crc64(data);
  const unpaddedSize = blockHeader.length + chunk.length + check.length;
  return Buffer.concat([
    STREAM_HEADER,
    blockHeader,
    chunk,
    new Uint8Array(-chunk.length & 3),
    check,
    closingFrame(STREAM_HEADER, [{ unpaddedSize, uncompressedSize: data.length }]),
  ]);
}

/** One chunk and the end of chunks. */
function chunkOf(data: Uint8Array): Uint8Array | undefined {
  const last = data.length - 1;
  const header = 6;
  const most = Math.min(MOST_BYTES, Math.floor(data.length / LEAST_RATIO));
  const output = new Uint8Array(header + most + LONGEST_STEP_BYTES);
  const size = new LzmaEncoder(data, output.subarray(header)).encode(most);
  if (size === undefined) return undefined;
  output.set([
    LZMA_CHUNK | (last >> 16),
    (last >> 8) & 0xff,
    last & 0xff,
    ((size - 1) >> 8) & 0xff,
    (size - 1) & 0xff,
    PROPERTIES,
  ]);
  output[header + size] = END_OF_CHUNKS;
  return output.subarray(0, header + size + 1);
}

class LzmaEncoder {
  readonly #data: Uint8Array;
  readonly #coder: RangeEncoder;
  /** By hash of three bytes the last place where they were; by place the one before. */
  readonly #last = new Int32Array(1 << HASH_BITS).fill(NOWHERE);
  readonly #before: Int32Array;
  #state = 0;
  /** The last four distances, less one, the last first. */
  #repeats: [number, number, number, number] = [0, 0, 0, 0];
  /** What was found at the present position. */
  #length = 0;
  #distance = 0;
  /** Which of the last distances that is; NOWHERE when it is another. */
  #repeat = NOWHERE;
  /** Bits that it saves, as far as can be told. */
  #worth = 0;
  /** All before is noted in the tables. */
  #entered = 0;

  constructor(data: Uint8Array, output: Uint8Array) {
    this.#data = data;
    this.#before = new Int32Array(data.length);
    this.#coder = new RangeEncoder(output, MODELS);
  }

  /** Size of the result; undefined when that would be more than `most`. */
  encode(most: number): number | undefined {
    const size = this.#data.length;
    let position = 0;
    let isFound = false;
    while (position < size) {
      if (!isFound) this.#find(position);
      isFound = this.#length > 0 && this.#length < GOOD_MATCH && this.#isBetterAfter(position);
      if (isFound || this.#length === 0) this.#literal(position++);
      else {
        if (this.#repeat === NOWHERE) this.#match(position);
        else this.#repetition(position);
        const end = position + this.#length;
        for (let inside = this.#entered; inside < Math.min(end, position + GOOD_MATCH); inside++)
          this.#enter(inside);
        position = end;
      }
      if (this.#coder.length > most) return undefined;
    }
    this.#coder.finish();
    return this.#coder.length > most ? undefined : this.#coder.length;
  }

  /** Whether a literal first, and then what is found after it, is better than what is found here; what is better is then found. */
  #isBetterAfter(position: number): boolean {
    const [length, distance, repeat, worth] = [this.#length, this.#distance, this.#repeat, this.#worth];
    this.#find(position + 1);
    if (this.#worth > worth) return true;
    this.#length = length;
    this.#distance = distance;
    this.#repeat = repeat;
    this.#worth = worth;
    return false;
  }

  /** Finds what saves most at a position, be it a repetition or another match. */
  #find(position: number): void {
    const data = this.#data;
    const longest = Math.min(LONGEST_MATCH, data.length - position);
    this.#length = 0;
    this.#worth = 0;
    for (let index = 0; index < 4 && this.#length < GOOD_MATCH; index++) {
      const from = position - (this.#repeats[index] as number) - 1;
      // Most are sorted out by this, for less than a call takes.
      if (from < 0 || data[from] !== data[position] || data[from + 1] !== data[position + 1]) continue;
      const length = this.#same(from, position, longest);
      const worth = length * LITERAL_BITS - REPETITION_BITS - index;
      if (length < SHORTEST_MATCH || worth <= this.#worth) continue;
      this.#length = length;
      this.#worth = worth;
      this.#repeat = index;
    }
    let candidate = this.#enter(position);
    if (this.#length >= GOOD_MATCH) return;
    let best = SHORTEST_MATCH;
    for (let count = 0; candidate !== NOWHERE && count < MOST_CANDIDATES && best < longest; count++) {
      if (
        data[candidate + best] === data[position + best] &&
        data[candidate + best - 1] === data[position + best - 1]
      ) {
        const length = this.#same(candidate, position, longest);
        if (length > best) {
          best = length;
          this.#offer(length, position - candidate - 1);
        }
      }
      candidate = this.#before[candidate] as number;
    }
  }

  #offer(length: number, distance: number): void {
    const worth = length * LITERAL_BITS - MATCH_BITS - (32 - Math.clz32(distance));
    if (worth <= this.#worth) return;
    this.#length = length;
    this.#worth = worth;
    this.#distance = distance;
    this.#repeat = NOWHERE;
  }

  /** How many bytes are the same. */
  #same(from: number, position: number, most: number): number {
    const data = this.#data;
    let length = 0;
    // Most of a small archive is padding.
    if (from + 1 === position && data[from] === 0)
      while (
        length + ZEROS.length <= most &&
        ZEROS.compare(data, position + length, position + length + ZEROS.length) === 0
      )
        length += ZEROS.length;
    while (length < most && data[from + length] === data[position + length]) length++;
    return length;
  }

  /** Notes the three bytes at a place; answers where they were before. */
  #enter(position: number): number {
    const data = this.#data;
    if (position + 2 >= data.length) return NOWHERE;
    this.#entered = position + 1;
    const three =
      ((data[position] as number) << 16) |
      ((data[position + 1] as number) << 8) |
      (data[position + 2] as number);
    const hash = Math.imul(three, 0x9e37_79b1) >>> (32 - HASH_BITS);
    const before = this.#last[hash] as number;
    this.#last[hash] = position;
    this.#before[position] = before;
    return before;
  }

  #literal(position: number): void {
    const coder = this.#coder;
    const data = this.#data;
    const byte = data[position] as number;
    const context = position === 0 ? 0 : (data[position - 1] as number) >> (8 - LITERAL_CONTEXT_BITS);
    const base = LITERALS + LITERAL_MODELS * context;
    coder.bit(IS_MATCH + this.#state * POSITIONS + (position % POSITIONS), 0);
    if (this.#state < 7) coder.tree(base, 8, byte);
    else this.#literalAfterMatch(base, byte, data[position - this.#repeats[0] - 1] as number);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  /** The byte that would have gone on with the match tells something of this one, up to where they differ. */
  #literalAfterMatch(base: number, byte: number, expected: number): void {
    let node = 1;
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >> shift) & 1;
      const expectedBit = (expected >> shift) & 1;
      this.#coder.bit(base + ((1 + expectedBit) << 8) + node, bit);
      node = node * 2 + bit;
      if (bit === expectedBit) continue;
      // The rest as any literal.
      for (shift--; shift >= 0; shift--) {
        const rest = (byte >> shift) & 1;
        this.#coder.bit(base + node, rest);
        node = node * 2 + rest;
      }
    }
  }

  #match(position: number): void {
    const coder = this.#coder;
    const distance = this.#distance;
    coder.bit(IS_MATCH + this.#state * POSITIONS + (position % POSITIONS), 1);
    coder.bit(IS_REPEAT + this.#state, 0);
    this.#codeLength(MATCH_LENGTH, position);
    const highest = 31 - Math.clz32(distance);
    const slot = distance < 4 ? distance : highest * 2 + ((distance >> (highest - 1)) & 1);
    coder.tree(SLOTS + Math.min(this.#length - SHORTEST_MATCH, 3) * 64, 6, slot);
    if (slot >= 4) {
      const bits = (slot >> 1) - 1;
      const least = (2 | (slot & 1)) << bits;
      if (slot < 14) coder.reverseTree(FAR + least - slot - 1, bits, distance - least);
      else {
        coder.direct(bits - 4, (distance - least) >> 4);
        coder.reverseTree(NEAR_BITS, 4, distance & 0xf);
      }
    }
    const [first, second, third] = this.#repeats;
    this.#repeats = [distance, first, second, third];
    this.#state = this.#state < 7 ? 7 : 10;
  }

  #repetition(position: number): void {
    const coder = this.#coder;
    const state = this.#state;
    const index = this.#repeat;
    coder.bit(IS_MATCH + state * POSITIONS + (position % POSITIONS), 1);
    coder.bit(IS_REPEAT + state, 1);
    coder.bit(IS_NOT_FIRST + state, index === 0 ? 0 : 1);
    if (index === 0) coder.bit(IS_LONG + state * POSITIONS + (position % POSITIONS), 1);
    else {
      coder.bit(IS_NOT_SECOND + state, index === 1 ? 0 : 1);
      if (index > 1) coder.bit(IS_NOT_THIRD + state, index - 2);
      const [distance = 0] = this.#repeats.splice(index, 1);
      this.#repeats.unshift(distance);
    }
    this.#codeLength(REPEAT_LENGTH, position);
    this.#state = state < 7 ? 8 : 11;
  }

  #codeLength(base: number, position: number): void {
    const coder = this.#coder;
    const length = this.#length - SHORTEST_MATCH;
    const low = base + 2 + (position % POSITIONS) * 8;
    coder.bit(base, length < 8 ? 0 : 1);
    if (length < 8) coder.tree(low, 3, length);
    else {
      coder.bit(base + 1, length < 16 ? 0 : 1);
      if (length < 16) coder.tree(low + POSITIONS * 8, 3, length - 8);
      else coder.tree(base + 2 + POSITIONS * 16, 8, length - 16);
    }
  }
}
