// Ed25519 (RFC 8032) in libsodium's "combined" form, signature ‖ message (reference/packages.md §5.2). Origin secret keys
// are 32 seed bytes ‖ 32 public bytes.
import type { KeyObject } from "node:crypto";
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";
import type { PublicKey, SecretKey } from "./key.ts";
import { formatNamedRevision } from "./named-revision.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { constantTimeEqual } from "./random.ts";

export const SIGNATURE_LENGTH_BYTES = 64;
const SEED_LENGTH_BYTES = 32;

/** DER that comes before the 32 raw bytes of an Ed25519 key (RFC 8410). */
const PRIVATE_KEY_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** Loads what signing needs, which takes longer than to sign; for whoever will sign in a moment. */
export function prepareToSign(): void {
  nodeCrypto();
}

/** Signs: 64 bytes of signature followed by the message. Deterministic. Throws `mismatchedPair`. */
export function signMessage(key: SecretKey<"origin-secret">, message: Uint8Array): Uint8Array {
  const secret = key.bytes.reveal();
  const privateKey = privateKeyObject(secret.subarray(0, SEED_LENGTH_BYTES));
  // A signature made with somebody else's public half would give the seed away.
  if (!constantTimeEqual(publicBytesOf(privateKey), secret.subarray(SEED_LENGTH_BYTES)))
    throw new HabError(
      cryptoErrors.mismatchedPair,
      `The secret origin key ${formatNamedRevision(key.id)} holds a public half of another key`,
    );
  return Buffer.concat([nodeCrypto().sign(null, message, privateKey), message]);
}

/** Checks a signed message and returns what was signed. Throws `invalidSignature`. */
export function openSignedMessage(key: PublicKey<"origin-public">, signed: Uint8Array): Uint8Array {
  const signature = signed.subarray(0, SIGNATURE_LENGTH_BYTES);
  const message = signed.subarray(SIGNATURE_LENGTH_BYTES);
  if (signature.length !== SIGNATURE_LENGTH_BYTES || !verify(key.bytes, message, signature))
    throw new HabError(
      cryptoErrors.invalidSignature,
      `Verification failed: not signed by ${formatNamedRevision(key.id)}`,
    );
  return message;
}

/** The public key of a 32-byte seed. */
export function signingPublicKey(seed: Uint8Array): Uint8Array {
  return publicBytesOf(privateKeyObject(seed));
}

function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { createPublicKey, verify } = nodeCrypto();
  try {
    const der = Buffer.concat([PUBLIC_KEY_PREFIX, publicKey]);
    return verify(null, message, createPublicKey({ key: der, format: "der", type: "spki" }), signature);
  } catch {
    return false; // bytes that are no point of the curve verify nothing
  }
}

function privateKeyObject(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PRIVATE_KEY_PREFIX, seed]);
  return nodeCrypto().createPrivateKey({ key: der, format: "der", type: "pkcs8" });
}

function publicBytesOf(privateKey: KeyObject): Uint8Array {
  const der = nodeCrypto().createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return new Uint8Array(der.subarray(PUBLIC_KEY_PREFIX.length));
}
