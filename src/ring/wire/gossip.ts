// Messages over TCP between their bytes and their values: rumors (rumor.ts), and the steps of the synchronisation between
// members of ours. Those have kinds from 100 on, which an original member would drop with a line in its log (§17).
import type { GossipMessage } from "../protocol.ts";
import { malformed, required } from "./malformed.ts";
import { decodeMessage, encodeMessage, type Message } from "./message.ts";
import { encodeRumor, toMember, toRumor } from "./rumor.ts";
import { RUMOR } from "./schema.ts";
import type { EncodingOptions } from "./swim-member.ts";

const HELLO = 100;
const SUMMARY = 101;
const VERSIONS = 102;
const WANT = 103;

/** The bytes of a message before its envelope. `extensions: false` is for rumors to an original member. */
export function encodeGossip(message: GossipMessage, options: EncodingOptions = {}): Uint8Array {
  switch (message.kind) {
    case "hello":
      return encodeMessage(RUMOR, { type: HELLO, hello: { ...message.from } });
    case "summary": {
      const { fromId, records, buckets } = message;
      return encodeMessage(RUMOR, { type: SUMMARY, fromId, summary: { records, buckets } });
    }
    case "versions": {
      const { fromId, buckets, versions } = message;
      return encodeMessage(RUMOR, { type: VERSIONS, fromId, versions: { buckets, versions } });
    }
    case "want": {
      const { fromId, keys } = message;
      return encodeMessage(RUMOR, { type: WANT, fromId, want: { keys } });
    }
    default:
      return encodeRumor(message, options);
  }
}

/** Reads a message without its envelope. Throws `malformedMessage`, also for lists beyond their limits (limits.ts). */
export function decodeGossip(bytes: Uint8Array): GossipMessage {
  const envelope = decodeMessage(RUMOR, bytes);
  switch (envelope.type) {
    case HELLO:
      return { kind: "hello", from: toMember(required(envelope.hello, "hello")) };
    case SUMMARY: {
      const { records, buckets } = required(envelope.summary, "summary");
      return {
        kind: "summary",
        fromId: sender(envelope),
        records: required(records, "records"),
        buckets: buckets ?? [],
      };
    }
    case VERSIONS: {
      const { buckets, versions = [] } = required(envelope.versions, "versions");
      if (versions.length % 2 !== 0) throw malformed("a key hash without its version hash");
      return { kind: "versions", fromId: sender(envelope), buckets: buckets ?? [], versions };
    }
    case WANT:
      return {
        kind: "want",
        fromId: sender(envelope),
        keys: required(envelope.want, "want").keys ?? [],
      };
    default:
      return toRumor(envelope);
  }
}

function sender({ fromId }: Message<typeof RUMOR>): string {
  return required(fromId, "from_id");
}
