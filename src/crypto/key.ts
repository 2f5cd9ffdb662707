// Kinds of keys and their text form: version line, `<name>-<revision>`, an empty line, base64 without line end
// (reference/packages.md §6.1, §6.3).
import { HabError } from "../error/index.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { cryptoErrors } from "./errors.ts";
import { formatNamedRevision, type NamedRevision, parseNamedRevision } from "./named-revision.ts";
import { Secret } from "./secret.ts";
import { textLines, trimWhiteSpace } from "./text.ts";

export type PublicKeyKind = "origin-public" | "origin-encryption-public" | "service-public" | "user-public";
export type SecretKeyKind =
  | "origin-secret"
  | "origin-encryption-secret"
  | "service-secret"
  | "user-secret"
  | "ring"
  | "builder-secret";
export type KeyKind = PublicKeyKind | SecretKeyKind;

export interface PublicKey<Kind extends PublicKeyKind = PublicKeyKind> {
  readonly kind: Kind;
  readonly id: NamedRevision;
  readonly bytes: Uint8Array;
}

export interface SecretKey<Kind extends SecretKeyKind = SecretKeyKind> {
  readonly kind: Kind;
  readonly id: NamedRevision;
  readonly bytes: Secret<Uint8Array>;
}

export type Key = PublicKey | SecretKey;
export type KeyOf<Kind extends KeyKind> = Kind extends PublicKeyKind
  ? PublicKey<Kind>
  : Kind extends SecretKeyKind
    ? SecretKey<Kind>
    : never;

/** What a kind of key looks like on disk. */
interface KeyForm {
  readonly version: string;
  readonly lengthBytes: number;
  /** What follows `<name>-<revision>.` in the file name. */
  readonly extension: "pub" | "sig.key" | "box.key" | "sym.key";
  readonly secret: boolean;
}

const SIGNING_PUBLIC: KeyForm = { version: "SIG-PUB-1", lengthBytes: 32, extension: "pub", secret: false };
const SIGNING_SECRET: KeyForm = { version: "SIG-SEC-1", lengthBytes: 64, extension: "sig.key", secret: true };
const BOX_PUBLIC: KeyForm = { version: "BOX-PUB-1", lengthBytes: 32, extension: "pub", secret: false };
const BOX_SECRET: KeyForm = { version: "BOX-SEC-1", lengthBytes: 32, extension: "box.key", secret: true };
const SYMMETRIC: KeyForm = { version: "SYM-SEC-1", lengthBytes: 32, extension: "sym.key", secret: true };

const FORMS: Readonly<Record<KeyKind, KeyForm>> = {
  "origin-public": SIGNING_PUBLIC,
  "origin-secret": SIGNING_SECRET,
  "origin-encryption-public": BOX_PUBLIC,
  "origin-encryption-secret": BOX_SECRET,
  "service-public": BOX_PUBLIC,
  "service-secret": BOX_SECRET,
  "user-public": BOX_PUBLIC,
  "user-secret": BOX_SECRET,
  ring: SYMMETRIC,
  "builder-secret": BOX_SECRET,
};

/** Longest key text looked at: a name of 255 bytes and 64 key bytes take 400. */
const KEY_TEXT_LIMIT = 64 * 1024;

/**
 * Reads a key of this kind. The third line and everything after the fourth are ignored. Throws
 * `unsupportedKeyVersion`, `malformedNamedRevision` or `malformedKey`; no message holds key material.
 */
export function parseKey<Kind extends KeyKind>(kind: Kind, text: string | Secret<string>): KeyOf<Kind> {
  const source = typeof text === "string" ? text : text.reveal();
  if (source.length > KEY_TEXT_LIMIT)
    throw new HabError(cryptoErrors.malformedKey, `Not a key: ${source.length} characters long`);
  const form = FORMS[kind];
  const [version, name, , material] = textLines(source);
  if (version === undefined) throw new HabError(cryptoErrors.malformedKey, "Missing key version");
  if (version !== form.version)
    throw new HabError(
      cryptoErrors.unsupportedKeyVersion,
      `Unsupported key version: ${version.slice(0, 80)}`,
    );
  if (name === undefined) throw new HabError(cryptoErrors.malformedKey, "Missing name+revision");
  const id = parseNamedRevision(name);
  if (material === undefined) throw new HabError(cryptoErrors.malformedKey, "Missing key material");
  const bytes = decodeBase64(trimWhiteSpace(material));
  if (bytes === undefined) throw new HabError(cryptoErrors.malformedKey, "Invalid base64 key material");
  if (bytes.length !== form.lengthBytes)
    throw new HabError(
      cryptoErrors.malformedKey,
      `Could not parse bytes as key for ${formatNamedRevision(id)}`,
    );
  return makeKey(kind, id, bytes);
}

/** The text of a key file. That of a secret key is itself a secret. */
export function formatKey(key: PublicKey): string;
export function formatKey(key: SecretKey): Secret<string>;
export function formatKey(key: Key): string | Secret<string>;
export function formatKey(key: Key): string | Secret<string> {
  const text = (bytes: Uint8Array) =>
    `${FORMS[key.kind].version}\n${formatNamedRevision(key.id)}\n\n${encodeBase64(bytes)}`;
  return key.bytes instanceof Secret ? new Secret(text(key.bytes.reveal())) : text(key.bytes);
}

/** Puts key bytes (which must have the kind's length) and a name together. */
export function makeKey<Kind extends KeyKind>(kind: Kind, id: NamedRevision, bytes: Uint8Array): KeyOf<Kind> {
  if (bytes.length !== FORMS[kind].lengthBytes)
    throw new HabError(
      cryptoErrors.malformedKey,
      `Could not parse bytes as key for ${formatNamedRevision(id)}`,
    );
  const key = { kind, id, bytes: FORMS[kind].secret ? new Secret(bytes) : bytes };
  return key as unknown as KeyOf<Kind>;
}

/** Whether a kind is secret (mode 0400) rather than public (0444). */
export function isSecretKind(kind: KeyKind): kind is SecretKeyKind {
  return FORMS[kind].secret;
}

/** What follows `<name>-<revision>.` in the file name of this kind of key. */
export function keyExtension(kind: KeyKind): string {
  return FORMS[kind].extension;
}
