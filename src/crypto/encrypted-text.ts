// The two texts in which encrypted content travels: `BOX-1` from a named sender to a named recipient, and
// `ANONYMOUS-BOX-1` to a named recipient (reference/packages.md §7.2–§7.4).
import { HabError } from "../error/index.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { loadBoxes, NONCE_LENGTH_BYTES } from "./boxes.ts";
import { cryptoErrors } from "./errors.ts";
import { boxPublicKey } from "./generate.ts";
import type { PublicKey, SecretKey } from "./key.ts";
import type { KeyCache } from "./key-cache.ts";
import { formatNamedRevision, type NamedRevision, parseNamedRevision } from "./named-revision.ts";
import { decodeUtf8, textLines } from "./text.ts";

const SIGNED_VERSION = "BOX-1";
const ANONYMOUS_VERSION = "ANONYMOUS-BOX-1";

export interface SignedBox {
  readonly sender: NamedRevision;
  readonly recipient: NamedRevision;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
}

export interface AnonymousBox {
  readonly recipient: NamedRevision;
  readonly ciphertext: Uint8Array;
}

type EncryptionSecretKey = SecretKey<
  "origin-encryption-secret" | "service-secret" | "user-secret" | "builder-secret"
>;
type EncryptionPublicKey = PublicKey<"origin-encryption-public" | "service-public" | "user-public">;

/** Encrypts from a user to a service. `nonce` is random unless given (tests). */
export async function encryptFor(
  sender: EncryptionSecretKey,
  recipient: EncryptionPublicKey,
  message: Uint8Array,
  nonce?: Uint8Array,
): Promise<string> {
  const { boxSeal } = await loadBoxes();
  const sealed = boxSeal(sender.bytes.reveal(), recipient.bytes, message, nonce);
  return formatSignedBox({ sender: sender.id, recipient: recipient.id, ...sealed });
}

/**
 * Decrypts a `BOX-1` text with the sender's public and the recipient's secret key, both found in the cache by the names
 * in the text. Throws `malformedBox`, `malformedNamedRevision`, `keyNotFound` or `undecryptable`.
 */
export async function decryptWithCache(cache: KeyCache, text: string | Uint8Array): Promise<Uint8Array> {
  const box = parseSignedBox(text);
  const sender = cache.get("user-public", box.sender);
  const recipient = cache.get("service-secret", box.recipient);
  const { boxOpen } = await loadBoxes();
  return boxOpen(sender.bytes, recipient.bytes.reveal(), box);
}

/** Encrypts to oneself, as a depot does with what it stores (§7.4). */
export async function encryptAtRest(key: EncryptionSecretKey, message: Uint8Array): Promise<string> {
  const { boxSeal } = await loadBoxes();
  const secret = key.bytes.reveal();
  return formatSignedBox({
    sender: key.id,
    recipient: key.id,
    ...boxSeal(secret, boxPublicKey(secret), message),
  });
}

/** Reverses `encryptAtRest`. The key must be the one the text names (`keyNotFound` otherwise). */
export async function decryptAtRest(
  key: EncryptionSecretKey,
  text: string | Uint8Array,
): Promise<Uint8Array> {
  const box = parseSignedBox(text);
  const [named, own] = [box.recipient, key.id].map(formatNamedRevision);
  if (named !== own)
    throw new HabError(cryptoErrors.keyNotFound, `Encrypted with the key ${named}, not with ${own}`);
  const { boxOpen } = await loadBoxes();
  const secret = key.bytes.reveal();
  return boxOpen(boxPublicKey(secret), secret, box);
}

/** Encrypts to a recipient who need not know the sender. */
export async function encryptAnonymously(
  recipient: EncryptionPublicKey,
  message: Uint8Array,
): Promise<string> {
  const { anonymousSeal } = await loadBoxes();
  return formatAnonymousBox({
    recipient: recipient.id,
    ciphertext: anonymousSeal(recipient.bytes, message),
  });
}

/** Reverses `encryptAnonymously`. Throws `malformedBox`, `malformedNamedRevision` or `undecryptable`. */
export async function decryptAnonymous(
  key: EncryptionSecretKey,
  text: string | Uint8Array,
): Promise<Uint8Array> {
  const { anonymousOpen } = await loadBoxes();
  return anonymousOpen(key.bytes.reveal(), parseAnonymousBox(text).ciphertext);
}

export function formatSignedBox(box: SignedBox): string {
  const names = [box.sender, box.recipient].map(formatNamedRevision);
  return [SIGNED_VERSION, ...names, encodeBase64(box.nonce), encodeBase64(box.ciphertext)].join("\n");
}

/** Reads `BOX-1` text; further lines are ignored. Throws `malformedBox` or `malformedNamedRevision`. */
export function parseSignedBox(text: string | Uint8Array): SignedBox {
  const [, sender, recipient, nonceText, ciphertext] = boxLines(text, SIGNED_VERSION);
  const box = {
    sender: parseNamedRevision(present(sender, "sender key")),
    recipient: parseNamedRevision(present(recipient, "recipient key")),
    nonce: bytesOf(present(nonceText, "nonce"), "nonce"),
    ciphertext: bytesOf(present(ciphertext, "ciphertext"), "ciphertext"),
  };
  if (box.nonce.length !== NONCE_LENGTH_BYTES)
    throw malformed(`its nonce has ${box.nonce.length} bytes, not ${NONCE_LENGTH_BYTES}`);
  return box;
}

export function formatAnonymousBox(box: AnonymousBox): string {
  return [ANONYMOUS_VERSION, formatNamedRevision(box.recipient), encodeBase64(box.ciphertext)].join("\n");
}

/** Reads `ANONYMOUS-BOX-1` text; further lines are ignored. Throws `malformedBox` or `malformedNamedRevision`. */
export function parseAnonymousBox(text: string | Uint8Array): AnonymousBox {
  const [, recipient, ciphertext] = boxLines(text, ANONYMOUS_VERSION);
  return {
    recipient: parseNamedRevision(present(recipient, "recipient key")),
    ciphertext: bytesOf(present(ciphertext, "ciphertext"), "ciphertext"),
  };
}

function boxLines(text: string | Uint8Array, version: string): string[] {
  const decoded = typeof text === "string" ? text : decodeUtf8(text);
  if (decoded === undefined) throw malformed("it is not text");
  const lines = textLines(decoded);
  if (lines[0] === undefined) throw malformed("it is empty");
  if (lines[0] !== version) throw malformed(`its first line is not ${version}`);
  return lines;
}

function present(line: string | undefined, what: string): string {
  if (line === undefined) throw malformed(`its ${what} is missing`);
  return line;
}

function bytesOf(line: string, what: string): Uint8Array {
  const bytes = decodeBase64(line);
  if (bytes === undefined) throw malformed(`its ${what} is not base64`);
  return bytes;
}

function malformed(why: string): HabError {
  return new HabError(cryptoErrors.malformedBox, `Cannot read the encrypted text: ${why}`);
}
