// The envelope of everything members send each other, encrypted when the ring has a key (reference/butterfly.md §2.1).
import { loadBoxes, NONCE_LENGTH_BYTES, type SecretKey } from "../../crypto/index.ts";
import { HabError } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import { BLOCK, FieldReader, tagOf, VARINT } from "./field-reader.ts";
import { FieldWriter } from "./field-writer.ts";
import { malformed, required } from "./malformed.ts";

// Field by field, not by table: this is done for every packet, and most often for one that is not from us.
const ENCRYPTED = tagOf(1, VARINT);
const NONCE = tagOf(2, BLOCK);
const PAYLOAD = tagOf(3, BLOCK);
const LAST_FIELD = 3;

const writer = new FieldWriter();

/** Packs and unpacks payloads; synchronous, for use on every packet. */
export interface Envelope {
  /** `nonce` is random unless given (tests). */
  seal(payload: Uint8Array, nonce?: Uint8Array): Uint8Array;
  /** Without a key a view into `bytes`. Throws `malformedMessage` or `undecryptableMessage`. */
  open(bytes: Uint8Array): Uint8Array;
}

/** The envelope of a ring with this key, or of one without. Loads libsodium only where there is a key. */
export async function ringEnvelope(key: SecretKey<"ring"> | undefined): Promise<Envelope> {
  if (key === undefined)
    return {
      seal(payload) {
        writer.start();
        writer.varint(PAYLOAD);
        writer.block(payload);
        return writer.finish();
      },
      open: (bytes) => unpack(bytes).payload,
    };
  const { secretboxOpen, secretboxSeal } = await loadBoxes();
  const secret = key.bytes.reveal();
  return {
    seal(payload, nonce) {
      const sealed = secretboxSeal(secret, payload, nonce);
      writer.start();
      writer.varint(ENCRYPTED);
      writer.bool(true);
      writer.varint(NONCE);
      writer.block(sealed.nonce);
      writer.varint(PAYLOAD);
      writer.block(sealed.ciphertext);
      return writer.finish();
    },
    open(bytes) {
      // Compat: the flag `encrypted` says nothing; with a key everything must be encrypted.
      const { nonce, payload } = unpack(bytes);
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

function unpack(bytes: Uint8Array): { nonce: Uint8Array | undefined; payload: Uint8Array } {
  const reader = new FieldReader(bytes);
  let nonce: Uint8Array | undefined;
  let payload: Uint8Array | undefined;
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === ENCRYPTED) reader.bool();
    else if (tag === NONCE) nonce = reader.view();
    else if (tag === PAYLOAD) payload = reader.view();
    else if (tag >>> 3 > LAST_FIELD) reader.skip(tag);
    else throw malformed(`field ${tag >>> 3} has wire type ${tag & 7}`);
  }
  return { nonce, payload: required(payload, "payload") };
}

function undecryptable(why: string, cause?: unknown): HabError {
  return new HabError(ringErrors.undecryptableMessage, `Cannot open a message of the ring: ${why}`, {
    cause,
  });
}
