// Readiness of a service that has a `readiness` hook (beyond the original): one success makes it ready, several failures in a
// row make it not ready, so that one slow answer takes nobody out of a balancer. Pure.

export interface ReadinessState {
  readonly ready: boolean;
  /** Failures in a row. */
  readonly failures: number;
}

export const NOT_READY: ReadinessState = { ready: false, failures: 0 };

export const DEFAULT_READINESS_INTERVAL_SECONDS = 10;
export const DEFAULT_READINESS_FAILURES = 3;

/** The state after a run of the hook. */
export function afterReadinessRun(
  { ready, failures }: ReadinessState,
  succeeded: boolean,
  failuresAllowed: number,
): ReadinessState {
  if (succeeded) return { ready: true, failures: 0 };
  return { ready: ready && failures + 1 < failuresAllowed, failures: failures + 1 };
}

/** After a failure the hook runs again soon: a service is waited for, or is to be taken out. */
const ATTENTION_MS = 1_000;

/** Milliseconds until the hook runs again. */
export function nextReadinessDelayMs({ failures }: ReadinessState, intervalMs: number): number {
  return failures === 0 ? intervalMs : Math.min(intervalMs, ATTENTION_MS);
}
