// The `.hart` format: five header lines, of which the fourth signs the digest of everything after the fifth
// (reference/packages.md §5.1–§5.5).
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import {
  decodeBase64,
  digestsEqual,
  encodeBase64,
  formatNamedRevision,
  hasherFor,
  type KeyCache,
  type NamedRevision,
  openSignedMessage,
  type PublicKey,
  parseDigest,
  parseNamedRevision,
  type SecretKey,
  SIGNATURE_LENGTH_BYTES,
  signMessage,
} from "../crypto/index.ts";
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import { trimText } from "./text.ts";

export const HART_FORMAT_VERSION = "HART-1";
export const HART_HASH_TYPE = "BLAKE2b";

/** What is signed is the digest in hexadecimal. */
const DIGEST_LENGTH_CHARACTERS = 64;

/** A header takes less than 700 bytes; spaces are tolerated, so a little more. */
export const LONGEST_HEADER_BYTES = 16 * 1024;

/** Files are hashed and copied by pieces of this size. */
const COPY_SIZE_BYTES = 1024 * 1024;

export interface HartHeader {
  readonly formatVersion: string;
  /** Named key that signed it, as stated: nothing is proved by it. */
  readonly signer: NamedRevision;
  readonly hashType: string;
  /** Base64 as it stands in the header. */
  readonly rawSignature: string;
  readonly signature: Uint8Array;
  /** Where the payload begins. */
  readonly payloadOffset: number;
}

/** What a valid signature proves: who signed, and the digest of the payload (not of the file). */
export interface Verified {
  readonly signer: NamedRevision;
  readonly hash: string;
}

/** Reads the header of a hart. Throws HAB-PKG-023, or HAB-KEY-003 for the signer's name. */
export async function readHartHeader(path: string): Promise<HartHeader> {
  return withFile(path, (fd) => readHeaderFrom(fd));
}

/** Reads the header from the start of an open file. */
export function readHeaderFrom(fd: number): HartHeader {
  const bytes = new Uint8Array(LONGEST_HEADER_BYTES);
  return parseHeader(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)));
}

/** Reads the header from the first bytes of a hart; more than LONGEST_HEADER_BYTES of them are never needed. */
export function parseHeader(bytes: Uint8Array): HartHeader {
  const lines = new HeaderLines(bytes);
  const formatVersion = lines.next("format version");
  if (formatVersion !== HART_FORMAT_VERSION)
    throw notAHart(`unsupported format version: ${formatVersion.slice(0, 40)}`);
  const signer = parseNamedRevision(lines.next("origin key name"));
  const hashType = lines.next("hash type");
  if (hashType !== HART_HASH_TYPE) throw notAHart(`unsupported signature type: ${hashType.slice(0, 40)}`);
  const rawSignature = lines.next("signature");
  const signature = decodeBase64(rawSignature);
  if (signature === undefined) throw notAHart("cannot decode the signature");
  const delimiter = lines.next("end of the header");
  if (delimiter !== "")
    throw notAHart(`expected an empty line after the header, got "${delimiter.slice(0, 40)}"`);
  return { formatVersion, signer, hashType, rawSignature, signature, payloadOffset: lines.position };
}

/** Lines up to LF, trimmed; the text of one that the file ends in counts. */
class HeaderLines {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  next(what: string): string {
    if (this.position >= this.#bytes.length) throw notAHart(`the file ends before the ${what}`);
    const newline = this.#bytes.indexOf(0x0a, this.position);
    const end = newline < 0 ? this.#bytes.length : newline;
    const line = this.#bytes.subarray(this.position, end);
    this.position = newline < 0 ? end : end + 1;
    try {
      return trimText(this.#decoder.decode(line));
    } catch (error) {
      throw notAHart(`the ${what} is not text`, error);
    }
  }
}

/**
 * Checks signature and content. The key is looked up in the cache by the name the hart states; nothing is fetched.
 * Compat: whose origin the package is does not matter (§5.4). Throws what `readHartHeader` throws, HAB-KEY-004 without
 * the key, HAB-KEY-009 for a false signature, HAB-PKG-024 when the content is not what was signed.
 */
export async function verifyHart(path: string, keys: KeyCache): Promise<Verified> {
  return withFile(path, (fd) => {
    const header = readHeaderFrom(fd);
    return verifyOpenHart(fd, header, keys.get("origin-public", header.signer));
  });
}

/** As `verifyHart` for an open file. */
export async function verifyOpenHart(
  fd: number,
  header: HartHeader,
  key: PublicKey<"origin-public">,
): Promise<Verified> {
  const signed = await signedDigest(header, key);
  const hash = await hashRest(fd, header.payloadOffset);
  requireDigest(header, signed, hash);
  return { signer: key.id, hash };
}

/** The digest of the payload that the header's signature vouches for. Throws HAB-KEY-009 or -012. */
export async function signedDigest(header: HartHeader, key: PublicKey<"origin-public">): Promise<string> {
  return parseDigest(new TextDecoder().decode(await openSignedMessage(key, header.signature)));
}

/** Throws HAB-PKG-024 unless the payload found is the one that was signed. */
export function requireDigest(header: HartHeader, signed: string, found: string): void {
  if (!digestsEqual(signed, found))
    throw new HabError(
      packageErrors.contentMismatch,
      `the content does not match the signature of ${formatNamedRevision(header.signer)} (signed: ${signed}, found: ${found})`,
    );
}

/** The signed hart of any file: header, then the file as it is. Keeps the mode of a destination that exists. Throws system errors. */
export async function signHart(
  source: string,
  destination: string,
  key: SecretKey<"origin-secret">,
): Promise<void> {
  await withFile(source, async (input) => {
    const digest = await hashRest(input, 0);
    await withFile(
      destination,
      async (output) => {
        writeAll(output, await hartHeader(digest, key));
        await hashRest(input, 0, output);
      },
      "w",
    );
  });
}

/** The header over a payload of this digest. */
export async function hartHeader(
  payloadDigest: string,
  key: SecretKey<"origin-secret">,
): Promise<Uint8Array> {
  return headerOf(await signMessage(key, Buffer.from(payloadDigest)), key);
}

/** Its length, which does not depend on the payload. */
export function hartHeaderLength(key: SecretKey<"origin-secret">): number {
  return headerOf(new Uint8Array(SIGNATURE_LENGTH_BYTES + DIGEST_LENGTH_CHARACTERS), key).length;
}

function headerOf(signed: Uint8Array, { id }: SecretKey<"origin-secret">): Uint8Array {
  return Buffer.from(
    `${HART_FORMAT_VERSION}\n${formatNamedRevision(id)}\n${HART_HASH_TYPE}\n${encodeBase64(signed)}\n\n`,
  );
}

/** BLAKE2b-256 of a file from `offset` on; with `copy`, writes what it reads there. Lets others have their turn. */
export async function hashRest(fd: number, offset: number, copy?: number): Promise<string> {
  const left = fstatSync(fd).size - offset;
  const hasher = await hasherFor(left);
  const buffer = new Uint8Array(Math.max(1, Math.min(COPY_SIZE_BYTES, left)));
  for (let at = offset; ; ) {
    const read = readSync(fd, buffer, 0, buffer.length, at);
    if (read === 0) return hasher.digestHex();
    const piece = buffer.subarray(0, read);
    hasher.update(piece);
    if (copy !== undefined) writeAll(copy, piece);
    at += read;
    if (read === COPY_SIZE_BYTES) await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Writes all of it, however little the system takes at once. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** Opens a file for the time of `use`. */
export async function withFile<Result>(
  path: string,
  use: (fd: number) => Result | Promise<Result>,
  flags = "r",
): Promise<Result> {
  const fd = openSync(path, flags);
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
}

function notAHart(problem: string, cause?: unknown): HabError {
  return new HabError(packageErrors.notAHart, problem, { cause });
}
