// How a member's own machinery fares: for `hab sup` and whoever looks for a fault. Figures since the start, unless said.
import type { Address } from "../protocol.ts";
import type { LoopLag } from "./alarm.ts";
import type { Drops, Traffic } from "./drops.ts";
import { CLOSE_REASONS, type CloseReason } from "./listener.ts";

export interface TrafficHealth {
  readonly in: Readonly<Traffic>;
  readonly out: Readonly<Traffic>;
  readonly dropped: Readonly<Drops>;
}

export interface RingHealth {
  /** How late the event loop was at the member's timer. */
  readonly lag: LoopLag;
  /** Now: received and not looked at, and `outgoing`: messages not handed to a kernel yet. */
  readonly waiting: {
    readonly datagrams: number;
    readonly messages: number;
    readonly messageBytes: number;
    readonly outgoing: number;
  };
  /** Open now, and how many of others' we closed, by reason. */
  readonly connections: {
    readonly incoming: number;
    readonly outgoing: number;
    readonly linked: number;
    readonly closed: Readonly<Record<CloseReason, number>>;
  };
  readonly datagrams: TrafficHealth;
  readonly messages: TrafficHealth;
  /** What the peers given stand for now, ourselves left out. */
  readonly peers: readonly Address[];
  readonly disk: { readonly behind: boolean; readonly failure: string | undefined };
  /** Events on which the machine threw. */
  readonly faults: number;
  /** `at`: on the monotonic clock, milliseconds. */
  readonly lastError: { readonly line: string; readonly at: number } | undefined;
}

export function noCloses(): Record<CloseReason, number> {
  return Object.fromEntries(CLOSE_REASONS.map((reason) => [reason, 0])) as Record<CloseReason, number>;
}

export function countClose(closes: Record<CloseReason, number>, reason: CloseReason): void {
  closes[reason]++;
}
