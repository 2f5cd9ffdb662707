// Verifying a hart while it arrives: the signature as soon as the header is there, the content with its last byte. What does
// not pass never gets its name in the artifact cache (reference/packages.md §5.4).
import type { Hasher, NamedRevision, PublicKey } from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import { type HartHeader, LONGEST_HEADER_BYTES, parseHeader, requireDigest, signedDigest } from "./hart.ts";
import type { DownloadCheck } from "./source.ts";

const NEWLINE = 10;
const HEADER_LINES = 5;

/** Answers the key a header names, from wherever it is. */
export type FindKey = (signer: NamedRevision) => Promise<PublicKey<"origin-public">>;

/**
 * Checks one download. `push` throws for a bad header (HAB-PKG-023) and, once the key is known, for a false signature
 * (HAB-KEY-009); `finish` for content that was not signed (HAB-PKG-024). Memory: the header, at most 16 KiB.
 */
export class HartCheck implements DownloadCheck {
  readonly #findKey: FindKey;
  readonly #newHasher: () => Hasher;
  #start: Uint8Array[] = [];
  #payload: Payload | undefined;

  constructor(findKey: FindKey, newHasher: () => Hasher) {
    this.#findKey = findKey;
    this.#newHasher = newHasher;
  }

  restart(): void {
    this.#start = [];
    this.#payload = undefined;
  }

  push(piece: Uint8Array): void {
    if (this.#payload !== undefined) {
      this.#payload.push(piece);
      return;
    }
    this.#start.push(piece.slice());
    const start = Buffer.concat(this.#start);
    if (start.length < LONGEST_HEADER_BYTES && !hasWholeHeader(start)) return;
    this.#begin(start);
  }

  async finish(): Promise<void> {
    // A file shorter than any header: the parser says what it lacks.
    if (this.#payload === undefined) this.#begin(Buffer.concat(this.#start));
    if (this.#payload === undefined) throw new HabError(packageErrors.notAHart, "the file has no header");
    await this.#payload.finish();
  }

  #begin(start: Uint8Array): void {
    const header = parseHeader(start.subarray(0, LONGEST_HEADER_BYTES));
    this.#payload = new Payload(header, this.#findKey(header.signer), this.#newHasher());
    this.#start = [];
    this.#payload.push(start.subarray(header.payloadOffset));
  }
}

/** Everything after the header, against what the header's signature says of it. */
class Payload {
  readonly #header: HartHeader;
  readonly #hasher: Hasher;
  readonly #signed: Promise<string>;
  #failure: unknown;

  constructor(header: HartHeader, key: Promise<PublicKey<"origin-public">>, hasher: Hasher) {
    this.#header = header;
    this.#hasher = hasher;
    this.#signed = key.then((found) => signedDigest(header, found));
    this.#signed.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  push(piece: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    this.#hasher.update(piece);
  }

  async finish(): Promise<void> {
    requireDigest(this.#header, await this.#signed, this.#hasher.digestHex());
  }
}

function hasWholeHeader(bytes: Uint8Array): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1))
    if (++lines === HEADER_LINES) return true;
  return false;
}
