// The envelope of everything members send each other, encrypted when the ring has a key (reference/butterfly.md §2.1).
import { loadBoxes, NONCE_LENGTH_BYTES, type SecretKey } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import { decodeMessage, encodeMessage } from "./message.ts";
import { WIRE } from "./schema.ts";

/** Packs and unpacks payloads; synchronous, for use on every packet. */
export interface Envelope {
  /** `nonce` is random unless given (tests). */
  seal(payload: Uint8Array, nonce?: Uint8Array): Uint8Array;
  /** Throws `malformedMessage` or `undecryptableMessage`. */
  open(bytes: Uint8Array): Uint8Array;
}

/** The envelope of a ring with this key, or of one without. Loads libsodium only where there is a key. */
export async function ringEnvelope(key: SecretKey<"ring"> | undefined): Promise<Envelope> {
  if (key === undefined)
    return {
      seal: (payload) => encodeMessage(WIRE, { payload }),
      open: (bytes) => payloadOf(bytes).payload,
    };
  const { secretboxOpen, secretboxSeal } = await loadBoxes();
  const secret = key.bytes.reveal();
  return {
    seal(payload, nonce) {
      const sealed = secretboxSeal(secret, payload, nonce);
      return encodeMessage(WIRE, { encrypted: true, nonce: sealed.nonce, payload: sealed.ciphertext });
    },
    open(bytes) {
      // Compat: the flag `encrypted` says nothing; with a key everything must be encrypted.
      const { nonce, payload } = payloadOf(bytes);
      if (nonce === undefined) throw undecryptable("it has no nonce");
      if (nonce.length !== NONCE_LENGTH_BYTES) throw undecryptable(`its nonce has ${nonce.length} bytes`);
      try {
        return secretboxOpen(secret, { nonce, ciphertext: payload });
      } catch (cause) {
        throw undecryptable("it was not encrypted with our ring key", cause);
      }
    },
  };
}

function payloadOf(bytes: Uint8Array): { nonce: Uint8Array | undefined; payload: Uint8Array } {
  const { nonce, payload } = decodeMessage(WIRE, bytes);
  if (payload === undefined)
    throw new HabError(ringErrors.malformedMessage, "Cannot use a message of the ring: no payload");
  return { nonce, payload };
}

function undecryptable(why: string, cause?: unknown): HabError {
  return new HabError(ringErrors.undecryptableMessage, `Cannot open a message of the ring: ${why}`, {
    cause,
  });
}
