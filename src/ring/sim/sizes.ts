// How many bytes messages have on the wire, as whoever runs the simulator knows.
import type { GossipMessage, SwimMessage } from "../protocol.ts";

export interface Sizes {
  datagram(message: SwimMessage): number;
  /** Absent: only datagrams are looked at, which costs less. */
  message?(message: GossipMessage): number;
}
