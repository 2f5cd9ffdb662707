// libsodium's functions in JavaScript, for machines on which the addon cannot be loaded (it needs libstdc++, which a root
// with little more than glibc has not). Audited ciphers of @noble, X25519 of the runtime; the constructions are those of NaCl
// (reference/packages.md §7.1).
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { boxPublicKey } from "./generate.ts";
import { nodeCrypto } from "./node-crypto.ts";
import { randomBytes } from "./random.ts";
import type { Sodium } from "./sodium.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/** DER that comes before the 32 raw bytes of an X25519 key (RFC 8410). */
const SECRET_KEY_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
const PUBLIC_KEY_PREFIX = Buffer.from("302a300506032b656e032100", "hex");

/** "expand 32-byte k" in four words, for HSalsa20. */
const SIGMA = new Uint32Array(new TextEncoder().encode("expand 32-byte k").buffer);

export const nobleSodium: Sodium = {
  crypto_secretbox_easy(ciphertext, message, nonce, key) {
    ciphertext.set(xsalsa20poly1305(key, nonce).encrypt(message));
  },
  crypto_secretbox_open_easy(message, ciphertext, nonce, key) {
    return opens(message, () => xsalsa20poly1305(key, nonce).decrypt(ciphertext));
  },
  crypto_box_easy(ciphertext, message, nonce, publicKey, secretKey) {
    ciphertext.set(xsalsa20poly1305(sharedKey(publicKey, secretKey), nonce).encrypt(message));
  },
  crypto_box_open_easy(message, ciphertext, nonce, publicKey, secretKey) {
    return opens(message, () => xsalsa20poly1305(sharedKey(publicKey, secretKey), nonce).decrypt(ciphertext));
  },
  crypto_box_seal(ciphertext, message, publicKey) {
    const onceSecret = randomBytes(KEY_BYTES);
    const oncePublic = boxPublicKey(onceSecret);
    const nonce = sealNonce(oncePublic, publicKey);
    ciphertext.set(oncePublic);
    ciphertext.set(xsalsa20poly1305(sharedKey(publicKey, onceSecret), nonce).encrypt(message), KEY_BYTES);
  },
  crypto_box_seal_open(message, ciphertext, publicKey, secretKey) {
    const oncePublic = ciphertext.subarray(0, KEY_BYTES);
    const nonce = sealNonce(oncePublic, publicKey);
    return opens(message, () =>
      xsalsa20poly1305(sharedKey(oncePublic, secretKey), nonce).decrypt(ciphertext.subarray(KEY_BYTES)),
    );
  },
};

/** The message when the check holds; false when it does not, or the key is one nobody should have. */
function opens(message: Uint8Array, decrypt: () => Uint8Array): boolean {
  try {
    message.set(decrypt());
    return true;
  } catch {
    return false;
  }
}

/** HSalsa20 over the X25519 secret. Throws for public keys that would make it known to everybody. */
function sharedKey(publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array {
  const { createPrivateKey, createPublicKey, diffieHellman } = nodeCrypto();
  const secret = diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([SECRET_KEY_PREFIX, secretKey]),
      format: "der",
      type: "pkcs8",
    }),
    publicKey: createPublicKey({
      key: Buffer.concat([PUBLIC_KEY_PREFIX, publicKey]),
      format: "der",
      type: "spki",
    }),
  });
  if (secret.every((byte) => byte === 0)) throw new Error("the public key is of low order");
  const key = new Uint32Array(KEY_BYTES / 4);
  hsalsa(SIGMA, words(secret), new Uint32Array(4), key);
  return new Uint8Array(key.buffer);
}

function sealNonce(oncePublic: Uint8Array, publicKey: Uint8Array): Uint8Array {
  return blake2b(Buffer.concat([oncePublic, publicKey]), { dkLen: NONCE_BYTES });
}

/** Little-endian words, as every machine this runs on has them. */
function words(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(Uint8Array.from(bytes).buffer);
}
