// Why something that came in was not used: counted by reason, for health, metrics and whoever looks for a fault.

export const DROP_REASONS = [
  /** A datagram longer than the ring allows. */
  "too-long",
  /** No envelope: not protobuf, or without payload. */
  "not-an-envelope",
  /** Encrypted with another key than ours, or not at all. */
  "wrong-key",
  /** An envelope whose content is no message, or lacks something. */
  "undecodable",
  /** More came than could be looked at. */
  "overload",
  /** An own message that could not be encoded, or did not fit. */
  "not-sendable",
] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** One direction of one transport. */
export interface Traffic {
  count: number;
  bytes: number;
}

export type Drops = Record<DropReason, number>;

export function noDrops(): Drops {
  return Object.fromEntries(DROP_REASONS.map((reason) => [reason, 0])) as Drops;
}
