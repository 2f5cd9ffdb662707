// Frames of the control gateway (reference/supervisor.md §12.1): a header word, a transaction word where the header
// says so, the message id, the body. All integers big-endian. Pure.
import { HabError } from "../error/index.ts";
import { ctlErrors } from "./errors.ts";
import { MAX_BODY_BYTES, MAX_MESSAGE_ID_BYTES } from "./limits.ts";

export interface Transaction {
  /** 30 bits. */
  readonly id: number;
  readonly response: boolean;
  /** The last reply to a request. */
  readonly complete: boolean;
}

export interface Frame {
  readonly message: string;
  readonly transaction?: Transaction;
  readonly body: Uint8Array;
}

const HAS_TRANSACTION = 0x8000_0000;
const RESPONSE = 0x8000_0000;
const COMPLETE = 0x4000_0000;
const TRANSACTION_ID = 0x3fff_ffff;
const ID_LENGTH_SHIFT = 20;
const WORD_BYTES = 4;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes of a frame. Throws HAB-CTL-007 when the body or the message id is too long for one. */
export function encodeFrame({ message, transaction, body }: Frame): Uint8Array {
  const name = encoder.encode(message);
  if (name.length > MAX_MESSAGE_ID_BYTES)
    throw new HabError(
      ctlErrors.tooLarge,
      `message id ${message} is longer than ${MAX_MESSAGE_ID_BYTES} bytes`,
    );
  if (body.length > MAX_BODY_BYTES)
    throw new HabError(
      ctlErrors.tooLarge,
      `${message} of ${body.length} bytes is longer than the ${MAX_BODY_BYTES} bytes a message may have`,
    );
  const head = transaction === undefined ? WORD_BYTES : 2 * WORD_BYTES;
  const bytes = new Uint8Array(head + name.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, headerWord(name.length, body.length, transaction !== undefined));
  if (transaction !== undefined) view.setUint32(WORD_BYTES, transactionWord(transaction));
  bytes.set(name, head);
  bytes.set(body, head + name.length);
  return bytes;
}

export function headerWord(idLength: number, bodyLength: number, hasTransaction: boolean): number {
  return ((hasTransaction ? HAS_TRANSACTION : 0) | (idLength << ID_LENGTH_SHIFT) | bodyLength) >>> 0;
}

export function transactionWord({ id, response, complete }: Transaction): number {
  return ((response ? RESPONSE : 0) | (complete ? COMPLETE : 0) | (id & TRANSACTION_ID)) >>> 0;
}

/** The id after `id`: one more, and 1 after the last one and after anything that is no id. */
export function nextTransactionId(id: number): number {
  return id >= TRANSACTION_ID ? 1 : id + 1;
}

/**
 * Takes bytes as they come and gives whole frames. A frame whose header announces more than the limit is refused at
 * its first four bytes, before anything of it is kept. Throws HAB-CTL-006 or HAB-CTL-007; then the stream is lost.
 */
export class FrameDecoder {
  /** Longest body accepted from now on. */
  maxBodyBytes: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;

  constructor(maxBodyBytes: number = MAX_BODY_BYTES) {
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Bytes of a frame that is not whole yet. */
  get pendingBytes(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (this.#length + chunk.length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#length + chunk.length, 2 * this.#buffer.length));
      grown.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
  }

  /** The next whole frame, or undefined when more bytes are needed (nothing is consumed then). */
  next(): Frame | undefined {
    if (this.#length < WORD_BYTES) return undefined;
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
    const header = view.getUint32(0);
    const idLength = (header >>> ID_LENGTH_SHIFT) & MAX_MESSAGE_ID_BYTES;
    const bodyLength = header & MAX_BODY_BYTES;
    if (bodyLength > this.maxBodyBytes)
      throw new HabError(
        ctlErrors.tooLarge,
        `a message of ${bodyLength} bytes, when at most ${this.maxBodyBytes} are taken here`,
      );
    // Compat: the reserved bits 30 to 26 are accepted, whatever they are (§12.2).
    const hasTransaction = (header & HAS_TRANSACTION) !== 0;
    const head = hasTransaction ? 2 * WORD_BYTES : WORD_BYTES;
    const size = head + idLength + bodyLength;
    if (this.#length < size) return undefined;
    const message = decodeId(this.#buffer.subarray(head, head + idLength));
    const body = this.#buffer.slice(head + idLength, size);
    const word = hasTransaction ? view.getUint32(WORD_BYTES) : undefined;
    this.#buffer.copyWithin(0, size, this.#length);
    this.#length -= size;
    return word === undefined
      ? { message, body }
      : {
          message,
          body,
          transaction: {
            id: word & TRANSACTION_ID,
            response: (word & RESPONSE) !== 0,
            complete: (word & COMPLETE) !== 0,
          },
        };
  }
}

function decodeId(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new HabError(ctlErrors.badFrame, "a message id that is not UTF-8", { cause: error });
  }
}
