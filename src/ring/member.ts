// A member of the ring and what is believed of its health (reference/butterfly.md §3, §9.1).

/** In rising order: at equal incarnation the later one wins. */
export const HEALTHS = ["alive", "suspect", "confirmed", "departed"] as const;
export type Health = (typeof HEALTHS)[number];

export interface Member {
  /** 32 lower-case hexadecimal digits where we made it; any text where others did. */
  readonly id: string;
  /** Raised by the member itself only. */
  readonly incarnation: bigint;
  /** IPv4 address without port; empty in what a member says about itself. */
  readonly address: string;
  readonly swimPort: number;
  readonly gossipPort: number;
  /** A "permanent peer": probed whatever its health. */
  readonly persistent: boolean;
  /** True only in what a gracefully leaving member says about itself. */
  readonly departed: boolean;
  readonly probePing: boolean;
  /** Extension: what this member can do beyond an original one (`ABILITY`); absent or 0 where that is unknown. */
  readonly abilities?: number;
}

export interface Membership {
  readonly member: Member;
  readonly health: Health;
  /** Extension: who says it has tried in vain to reach a suspect. */
  readonly accuser?: string;
  /** Extension: how long the member has been in this health, in milliseconds, where it is confirmed or departed. */
  readonly ageMs?: number;
}

/** Whether `a` is worse than `b`. */
export function isWorse(a: Health, b: Health): boolean {
  return HEALTHS.indexOf(a) > HEALTHS.indexOf(b);
}
