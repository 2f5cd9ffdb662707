// When a service that runs a release is taken for being there with it, so that an update may go on (reference/services.md §15.3;
// the original goes on when the start begins). Pure.

export interface SettlingFacts {
  /** It is supervised, and neither being started nor stopped. */
  readonly isHeld: boolean;
  readonly initialized: boolean;
  readonly processUp: boolean;
  readonly uptimeMs: number;
  /** What its readiness hook says; undefined where it has none. */
  readonly ready: boolean | undefined;
}

/** A process that has been up for so long is taken for started: one that cannot run mostly ends at once. */
const SETTLE_MS = 1_000;

/** Milliseconds until it is there; undefined while nobody can say. */
export function settlesInMs(facts: SettlingFacts): number | undefined {
  const { isHeld, initialized, processUp, uptimeMs, ready } = facts;
  if (!isHeld || !initialized || !processUp || ready === false) return undefined;
  return Math.max(0, SETTLE_MS - uptimeMs);
}
