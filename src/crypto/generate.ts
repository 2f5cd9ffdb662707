// New keys. The caller hands in the time, which becomes the revision (reference/packages.md §6.2).
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";
import { makeKey, type PublicKey, type PublicKeyKind, type SecretKey, type SecretKeyKind } from "./key.ts";
import { requireSafeKeyName } from "./key-name.ts";
import { type NamedRevision, revisionAt } from "./named-revision.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { randomBytes } from "./random.ts";
import { SIGNING_SECRET_PREFIX } from "./signing.ts";

export interface KeyPair<Public extends PublicKeyKind, Private extends SecretKeyKind> {
  readonly publicKey: PublicKey<Public>;
  readonly secretKey: SecretKey<Private>;
}

const KEY_LENGTH_BYTES = 32;

/** DER that comes before the 32 raw bytes of an X25519 secret key (RFC 8410). */
const BOX_SECRET_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");

/** A signing pair for an origin. Whether the origin's name is allowed is the caller's to check. */
export function generateOriginKeyPair(origin: string, now: Date): KeyPair<"origin-public", "origin-secret"> {
  const id = newId(origin, now);
  const seed = randomBytes(KEY_LENGTH_BYTES);
  const publicBytes = signingPublicKey(seed);
  return {
    publicKey: makeKey("origin-public", id, publicBytes),
    secretKey: makeKey("origin-secret", id, Buffer.concat([seed, publicBytes])),
  };
}

export type BoxOwner = "origin-encryption" | "service" | "user";

/** An encryption pair (X25519) for an origin, a service group (`service.group@org`) or a user. */
export function generateBoxKeyPair<Owner extends BoxOwner>(
  owner: Owner,
  name: string,
  now: Date,
): KeyPair<`${Owner}-public`, `${Owner}-secret`> {
  const id = newId(name, now);
  const secretBytes = randomBytes(KEY_LENGTH_BYTES);
  return {
    publicKey: makeKey<`${BoxOwner}-public`>(`${owner}-public`, id, boxPublicKey(secretBytes)),
    secretKey: makeKey<`${BoxOwner}-secret`>(`${owner}-secret`, id, secretBytes),
  } as KeyPair<`${Owner}-public`, `${Owner}-secret`>;
}

/** A ring key: 32 random bytes shared by all members. */
export function generateRingKey(name: string, now: Date): SecretKey<"ring"> {
  return makeKey("ring", newId(name, now), randomBytes(KEY_LENGTH_BYTES));
}

/** The key with which a depot encrypts what it stores. Its name is always `bldr`. */
export function generateBuilderKey(now: Date): SecretKey<"builder-secret"> {
  return makeKey("builder-secret", newId("bldr", now), randomBytes(KEY_LENGTH_BYTES));
}

/** The Ed25519 public key (RFC 8032) of a 32-byte seed. */
export function signingPublicKey(seed: Uint8Array): Uint8Array {
  return publicBytes(SIGNING_SECRET_PREFIX, seed);
}

/** The X25519 public key (RFC 7748) of 32 secret bytes. */
export function boxPublicKey(secret: Uint8Array): Uint8Array {
  if (secret.length !== KEY_LENGTH_BYTES)
    throw new HabError(cryptoErrors.malformedKey, "An encryption key has 32 bytes");
  return publicBytes(BOX_SECRET_PREFIX, secret);
}

function publicBytes(prefix: Uint8Array, secret: Uint8Array): Uint8Array {
  const { createPrivateKey, createPublicKey } = nodeCrypto();
  const der = Buffer.concat([prefix, secret]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return new Uint8Array(spki.subarray(-KEY_LENGTH_BYTES));
}

function newId(name: string, now: Date): NamedRevision {
  requireSafeKeyName(name);
  return { name, revision: revisionAt(now) };
}
