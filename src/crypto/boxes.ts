// Authenticated encryption of bytes: secretbox (ring), box (user to service), sealed box (origin secrets)
// (reference/packages.md §7.1). Asynchronous only to load libsodium; `loadBoxes` once gives the plain functions.
import { HabError } from "../error/index.ts";
import { cryptoErrors } from "./errors.ts";
import { boxPublicKey } from "./generate.ts";
import { randomBytes } from "./random.ts";
import { loadSodium, type Sodium } from "./sodium.ts";

export const NONCE_LENGTH_BYTES = 24;
const MAC_LENGTH_BYTES = 16;
/** Of a sealed box: the one-time public key and the MAC. */
const SEAL_LENGTH_BYTES = 48;

export interface Sealed {
  readonly nonce: Uint8Array;
  /** MAC first, then the encrypted bytes. */
  readonly ciphertext: Uint8Array;
}

/** Keys are the raw 32 bytes. Every `open…` throws `undecryptable`. A nonce is random unless given (tests). */
export interface Boxes {
  secretboxSeal(key: Uint8Array, message: Uint8Array, nonce?: Uint8Array): Sealed;
  secretboxOpen(key: Uint8Array, sealed: Sealed): Uint8Array;
  boxSeal(
    senderSecret: Uint8Array,
    recipientPublic: Uint8Array,
    message: Uint8Array,
    nonce?: Uint8Array,
  ): Sealed;
  boxOpen(senderPublic: Uint8Array, recipientSecret: Uint8Array, sealed: Sealed): Uint8Array;
  anonymousSeal(recipientPublic: Uint8Array, message: Uint8Array): Uint8Array;
  anonymousOpen(recipientSecret: Uint8Array, sealed: Uint8Array): Uint8Array;
}

let loaded: Promise<Boxes> | undefined;

/** The functions, once libsodium is there. Throws `encryptionUnavailable`; a later call tries again. */
export function loadBoxes(): Promise<Boxes> {
  loaded ??= loadSodium().then(boxesOver, (error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

function boxesOver(sodium: Sodium): Boxes {
  return {
    secretboxSeal(key, message, nonce = randomBytes(NONCE_LENGTH_BYTES)) {
      const ciphertext = new Uint8Array(message.length + MAC_LENGTH_BYTES);
      sodium.crypto_secretbox_easy(ciphertext, message, nonce, key);
      return { nonce, ciphertext };
    },
    secretboxOpen(key, { nonce, ciphertext }) {
      requireNonce(nonce);
      return opened(
        ciphertext,
        MAC_LENGTH_BYTES,
        "Secret key and nonce could not decrypt ciphertext",
        (message) => sodium.crypto_secretbox_open_easy(message, ciphertext, nonce, key),
      );
    },
    boxSeal(senderSecret, recipientPublic, message, nonce = randomBytes(NONCE_LENGTH_BYTES)) {
      const ciphertext = new Uint8Array(message.length + MAC_LENGTH_BYTES);
      encrypting(() => sodium.crypto_box_easy(ciphertext, message, nonce, recipientPublic, senderSecret));
      return { nonce, ciphertext };
    },
    boxOpen(senderPublic, recipientSecret, { nonce, ciphertext }) {
      requireNonce(nonce);
      return opened(
        ciphertext,
        MAC_LENGTH_BYTES,
        "Secret key, public key, and nonce could not decrypt ciphertext",
        (message) => sodium.crypto_box_open_easy(message, ciphertext, nonce, senderPublic, recipientSecret),
      );
    },
    anonymousSeal(recipientPublic, message) {
      const sealed = new Uint8Array(message.length + SEAL_LENGTH_BYTES);
      encrypting(() => sodium.crypto_box_seal(sealed, message, recipientPublic));
      return sealed;
    },
    anonymousOpen(recipientSecret, sealed) {
      return opened(sealed, SEAL_LENGTH_BYTES, "Secret key could not decrypt ciphertext", (message) =>
        sodium.crypto_box_seal_open(message, sealed, boxPublicKey(recipientSecret), recipientSecret),
      );
    },
  };
}

function opened(
  ciphertext: Uint8Array,
  overheadBytes: number,
  failure: string,
  open: (message: Uint8Array) => boolean,
): Uint8Array {
  if (ciphertext.length < overheadBytes) throw new HabError(cryptoErrors.undecryptable, failure);
  const message = new Uint8Array(ciphertext.length - overheadBytes);
  if (!open(message)) throw new HabError(cryptoErrors.undecryptable, failure);
  return message;
}

/** libsodium refuses public keys that would make the shared secret known to everybody. */
function encrypting(seal: () => void): void {
  try {
    seal();
  } catch (cause) {
    throw new HabError(cryptoErrors.malformedKey, "Not usable as a public encryption key", { cause });
  }
}

function requireNonce(nonce: Uint8Array): void {
  if (nonce.length !== NONCE_LENGTH_BYTES)
    throw new HabError(
      cryptoErrors.malformedBox,
      `A nonce has ${NONCE_LENGTH_BYTES} bytes, this one ${nonce.length}`,
    );
}
