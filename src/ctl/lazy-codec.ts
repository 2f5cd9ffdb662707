// The door to the codec for other rooms: loads protobuf on first use.
import type { CtlMessage } from "./messages.ts";

/** Body bytes of a message. */
export async function encodeCtlMessage(message: CtlMessage): Promise<Uint8Array> {
  return (await import("./codec.ts")).encodeMessage(message);
}

/** A message from its name and body; undefined for a name that is none. Throws HAB-CTL-006 for a spoiled body. */
export async function decodeCtlMessage(name: string, body: Uint8Array): Promise<CtlMessage | undefined> {
  return (await import("./codec.ts")).decodeMessage(name, body);
}
