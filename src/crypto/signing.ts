// Ed25519 (RFC 8032) in libsodium's "combined" form, signature ‖ message (reference/packages.md §5.2). Origin secret keys
// are 32 seed bytes ‖ 32 public bytes. By WebCrypto, which is there from the start: node:crypto takes as long to load as a
// small build has for everything.
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";
import type { PublicKey, SecretKey } from "./key.ts";
import { formatNamedRevision } from "./named-revision.ts";

export const SIGNATURE_LENGTH_BYTES = 64;
const SEED_LENGTH_BYTES = 32;
const ALGORITHM = "Ed25519";

/** DER that comes before the 32 raw bytes of an Ed25519 secret key (RFC 8410). */
export const SIGNING_SECRET_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** Keys that have signed, as WebCrypto has them, and whose public half is known to be theirs. */
const signers = new WeakMap<SecretKey, CryptoKey>();

/** Signs: 64 bytes of signature followed by the message. Deterministic. Throws `mismatchedPair`. */
export async function signMessage(key: SecretKey<"origin-secret">, message: Uint8Array): Promise<Uint8Array> {
  const known = signers.get(key);
  const signer = known ?? (await signerOf(key));
  const signature = new Uint8Array(await crypto.subtle.sign(ALGORITHM, signer, ownBytes(message)));
  // The public half is derived from the seed to sign: where the key holds another one, nobody could verify.
  const publicHalf = key.bytes.reveal().subarray(SEED_LENGTH_BYTES);
  if (known === undefined && !(await verify(publicHalf, message, signature)))
    throw new HabError(
      cryptoErrors.mismatchedPair,
      `The secret origin key ${formatNamedRevision(key.id)} holds a public half of another key`,
    );
  signers.set(key, signer);
  return Buffer.concat([signature, message]);
}

async function signerOf(key: SecretKey): Promise<CryptoKey> {
  const der = Buffer.concat([SIGNING_SECRET_PREFIX, key.bytes.reveal().subarray(0, SEED_LENGTH_BYTES)]);
  const signer = await crypto.subtle.importKey("pkcs8", der, ALGORITHM, false, ["sign"]);
  der.fill(0);
  return signer;
}

/** Checks a signed message and answers what was signed. Throws `invalidSignature`. */
export async function openSignedMessage(
  key: PublicKey<"origin-public">,
  signed: Uint8Array,
): Promise<Uint8Array> {
  const signature = signed.subarray(0, SIGNATURE_LENGTH_BYTES);
  const message = signed.subarray(SIGNATURE_LENGTH_BYTES);
  if (signature.length !== SIGNATURE_LENGTH_BYTES || !(await verify(key.bytes, message, signature)))
    throw new HabError(
      cryptoErrors.invalidSignature,
      `Verification failed: not signed by ${formatNamedRevision(key.id)}`,
    );
  return message;
}

async function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey("raw", ownBytes(publicKey), ALGORITHM, false, ["verify"]);
    return await crypto.subtle.verify(ALGORITHM, key, ownBytes(signature), ownBytes(message));
  } catch {
    return false; // bytes that are no point of the curve verify nothing
  }
}

/** WebCrypto takes nothing that other threads could change meanwhile. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
