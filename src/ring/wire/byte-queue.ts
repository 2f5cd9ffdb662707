// Pieces of a stream, given out in the lengths that are asked for: as views where a piece holds all of it, copied once where
// it came in several. What is set aside grows with what has arrived, never with what was announced.

const FIRST_BYTES = 256;
const NOTHING = new Uint8Array();

export class ByteQueue {
  #piece: Uint8Array = NOTHING;
  #at = 0;
  /** The beginning of what was asked for, while its end is missing. */
  #held: Uint8Array = NOTHING;
  #heldBytes = 0;

  /** Bytes set aside for what has not arrived as a whole. */
  get held(): number {
    return this.#heldBytes;
  }

  /** The next piece; all of the one before has been taken or set aside. */
  feed(piece: Uint8Array): void {
    this.#piece = piece;
    this.#at = 0;
  }

  /** The next `count` bytes, or undefined until they are there; it must then be asked for the same number again. */
  take(count: number): Uint8Array | undefined {
    const present = this.#piece.length - this.#at;
    if (this.#heldBytes === 0 && present >= count) {
      const start = this.#at;
      this.#at += count;
      return this.#piece.subarray(start, this.#at);
    }
    const moved = Math.min(count - this.#heldBytes, present);
    this.#hold(moved, count);
    if (this.#heldBytes < count) return undefined;
    const taken = this.#held.subarray(0, count);
    this.#held = NOTHING;
    this.#heldBytes = 0;
    return taken;
  }

  #hold(count: number, atMost: number): void {
    const needed = this.#heldBytes + count;
    if (needed > this.#held.length) {
      const grown = new Uint8Array(Math.min(atMost, Math.max(needed, this.#held.length * 2, FIRST_BYTES)));
      grown.set(this.#held.subarray(0, this.#heldBytes));
      this.#held = grown;
    }
    this.#held.set(this.#piece.subarray(this.#at, this.#at + count), this.#heldBytes);
    this.#heldBytes = needed;
    this.#at += count;
  }
}
