// BLAKE2b with a 32-byte digest, unkeyed (reference/packages.md §4): the hash of harts, key files and rendered files.
// Bun's own implementation was the fastest at hand: docs/decisions/0003-blake2b.md.
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";
import { constantTimeEqual } from "./random.ts";

/** BLAKE2b-256 of data that comes in pieces. */
export class Blake2b256 {
  readonly #hasher = new Bun.CryptoHasher("blake2b256");

  update(data: string | Uint8Array): this {
    this.#hasher.update(data);
    return this;
  }

  /** Ends the hash: call once. */
  digest(): Uint8Array {
    return new Uint8Array(this.#hasher.digest());
  }

  /** Ends the hash: call once. 64 lower-case hexadecimal digits. */
  digestHex(): string {
    return this.#hasher.digest("hex");
  }
}

export function blake2b256(data: string | Uint8Array): Uint8Array {
  return new Blake2b256().update(data).digest();
}

/** 64 lower-case hexadecimal digits. Text is hashed as UTF-8. */
export function blake2b256Hex(data: string | Uint8Array): string {
  return new Blake2b256().update(data).digestHex();
}

/** Reads a digest in either case; lower case comes back. Throws `malformedDigest`. */
export function parseDigest(text: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(text))
    throw new HabError(cryptoErrors.malformedDigest, `Not a BLAKE2b-256 digest: '${text.slice(0, 80)}'`);
  return text.toLowerCase();
}

/** Whether two hexadecimal digests are the same, in constant time. */
export function digestsEqual(a: string, b: string): boolean {
  return constantTimeEqual(a.toLowerCase(), b.toLowerCase());
}
