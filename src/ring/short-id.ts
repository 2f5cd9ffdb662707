// Member ids in 48 bits, for datagrams between members that know each other's long ones. Among 10,000 members two share a
// short id with a chance of 1 in 5 million; whoever looks one up must be ready for it.
import { hash48 } from "./hash48.ts";
import type { ShortId } from "./protocol.ts";

/** The same at every member of ours: the hash of the id's text. */
export function shortId(id: string): ShortId {
  return hash48(id);
}
