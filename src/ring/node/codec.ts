// Between messages and the bytes on the wire, envelope and limits included: what cannot be understood or sent is named by
// reason, and never thrown.
import { describeError, HabError, isKind } from "../../error/index.ts";
import { ringErrors } from "../errors.ts";
import { DATAGRAM_LIMIT_BYTES, MESSAGE_LIMIT_BYTES } from "../limits.ts";
import type { GossipMessage, SwimMessage } from "../protocol.ts";
import type { Envelope } from "../wire/envelope.ts";
import { decodeGossip, encodeGossip } from "../wire/gossip.ts";
import { decodeSwim, encodeSwim } from "../wire/swim.ts";
import type { DropReason } from "./drops.ts";

type Drop = (reason: DropReason, why: string) => void;
type Failed = (transport: "datagrams" | "messages", what: string, why: string) => void;

export class Codec {
  readonly #envelope: Envelope;
  readonly #failed: Failed;

  /** `failed`: a message of our own cannot be sent. */
  constructor(envelope: Envelope, failed: Failed) {
    this.#envelope = envelope;
    this.#failed = failed;
  }

  openDatagram(bytes: Uint8Array, drop: Drop): SwimMessage | undefined {
    return this.#open(bytes, decodeSwim, drop);
  }

  openMessage(bytes: Uint8Array, drop: Drop): GossipMessage | undefined {
    return this.#open(bytes, decodeGossip, drop);
  }

  sealDatagram(message: SwimMessage): Uint8Array | undefined {
    try {
      return this.#seal(encodeSwim(message), DATAGRAM_LIMIT_BYTES);
    } catch (error) {
      this.#failed("datagrams", message.kind, describeError(error));
      return undefined;
    }
  }

  /** `extensions`: the far end is a member of ours. */
  sealMessage(message: GossipMessage, extensions: boolean): Uint8Array | undefined {
    try {
      return this.#seal(encodeGossip(message, { extensions }), MESSAGE_LIMIT_BYTES);
    } catch (error) {
      this.#failed("messages", message.kind, describeError(error));
      return undefined;
    }
  }

  #open<Message>(
    bytes: Uint8Array,
    decode: (payload: Uint8Array) => Message,
    drop: Drop,
  ): Message | undefined {
    let payload: Uint8Array;
    try {
      payload = this.#envelope.open(bytes);
    } catch (error) {
      if (isKind(error, ringErrors.undecryptableMessage))
        drop("wrong-key", `${describeError(error)}; all members of a ring need the same ring key`);
      else drop("not-an-envelope", describeError(error));
      return undefined;
    }
    try {
      return decode(payload);
    } catch (error) {
      drop("undecodable", describeError(error));
      return undefined;
    }
  }

  #seal(payload: Uint8Array, limitBytes: number): Uint8Array {
    const bytes = this.#envelope.seal(payload);
    if (bytes.length <= limitBytes) return bytes;
    throw new HabError(ringErrors.malformedMessage, `it has ${bytes.length} bytes, more than ${limitBytes}`);
  }
}
