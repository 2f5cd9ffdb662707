// The arithmetic coder of LZMA (LZMA specification, "Range Coder"): decisions with adaptive probabilities, most of them in
// trees of decisions. Written for a single use by code that is not compiled yet: a tree is one call.

/** A probability is that of a zero, in 1/2048; each decision moves it by a 32nd of what is left. */
const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const CERTAIN = 1 << PROBABILITY_BITS;
const ADAPTATION = 5;

/** The range is scaled up by a byte when it falls below this. */
const TOP = 2 ** 24;

export class RangeEncoder {
  /** Bytes written so far. */
  length = 0;
  readonly #output: Uint8Array;
  readonly #probabilities: Uint16Array;
  /** Below 2^33: the bit above 32 is a carry into what has been put back. */
  #low = 0;
  #range = 0xffff_ffff;
  /** The last byte that a carry can still change, and how many follow it, all 0xff, to which it would pass on. */
  #held = 0;
  #heldCount = 1;

  /** `output` must hold all of it; models are numbers below `models`. */
  constructor(output: Uint8Array, models: number) {
    this.#output = output;
    this.#probabilities = new Uint16Array(models).fill(EVEN);
  }

  /** One decision. */
  bit(model: number, value: number): void {
    const probability = this.#probabilities[model] as number;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    if (value === 0) {
      this.#range = bound;
      this.#probabilities[model] = probability + ((CERTAIN - probability) >> ADAPTATION);
    } else {
      this.#low += bound;
      this.#range -= bound;
      this.#probabilities[model] = probability - (probability >> ADAPTATION);
    }
    if (this.#range >= TOP) return;
    this.#range = (this.#range * 256) >>> 0;
    this.#shift();
  }

  /** `count` bits of `value`, highest first, by the models after `base`. */
  tree(base: number, count: number, value: number): void {
    const probabilities = this.#probabilities;
    let range = this.#range;
    let node = 1;
    for (let shift = count - 1; shift >= 0; shift--) {
      const probability = probabilities[base + node] as number;
      const bound = (range >>> PROBABILITY_BITS) * probability;
      if (((value >> shift) & 1) === 0) {
        range = bound;
        probabilities[base + node] = probability + ((CERTAIN - probability) >> ADAPTATION);
        node *= 2;
      } else {
        this.#low += bound;
        range -= bound;
        probabilities[base + node] = probability - (probability >> ADAPTATION);
        node = node * 2 + 1;
      }
      if (range < TOP) {
        range = (range * 256) >>> 0;
        this.#shift();
      }
    }
    this.#range = range;
  }

  /** `count` bits of `value`, lowest first, by the models after `base`. */
  reverseTree(base: number, count: number, value: number): void {
    let node = 1;
    for (let shift = 0; shift < count; shift++) {
      const bit = (value >> shift) & 1;
      this.bit(base + node, bit);
      node = node * 2 + bit;
    }
  }

  /** `count` bits of `value`, highest first, each as likely as not. */
  direct(count: number, value: number): void {
    for (let shift = count - 1; shift >= 0; shift--) {
      this.#range >>>= 1;
      if (((value >> shift) & 1) === 1) this.#low += this.#range;
      if (this.#range < TOP) {
        this.#range = (this.#range * 256) >>> 0;
        this.#shift();
      }
    }
  }

  /** Writes what is held back. */
  finish(): void {
    for (let byte = 0; byte < 5; byte++) this.#shift();
  }

  /** Puts the highest byte out, or holds it back while a carry can still reach it. */
  #shift(): void {
    const low = this.#low;
    if (low < 0xff00_0000 || low > 0xffff_ffff) {
      const carry = low > 0xffff_ffff ? 1 : 0;
      this.#output[this.length++] = this.#held + carry;
      for (; this.#heldCount > 1; this.#heldCount--) this.#output[this.length++] = 0xff + carry;
      this.#held = (low >>> 24) & 0xff;
      this.#heldCount = 1;
    } else this.#heldCount++;
    this.#low = (low & 0x00ff_ffff) * 256;
  }
}
