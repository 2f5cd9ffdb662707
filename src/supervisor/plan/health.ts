// Health of a service: what a check's exit means, when the next one is due (reference/services.md §10), and when the service
// is to be restarted for it (beyond the original). Pure.
import type { HookEnd } from "../../package/index.ts";

export type HealthResult = "Ok" | "Warning" | "Critical" | "Unknown";

/** How a hook ended that was waited for to its end, or could not be started. */
export type HookExit =
  | Exclude<HookEnd, { readonly kind: "abandoned" }>
  | { readonly kind: "failed"; readonly message: string };

const RESULTS: readonly HealthResult[] = ["Ok", "Warning", "Critical", "Unknown"];

/**
 * The result for a health-check hook's exit; `recognised` is false for codes beyond 3. One that did not end in its time says
 * what a balancer and the liveness rule have to know: that the service does not answer.
 */
export function healthOfExit(exit: HookExit): {
  readonly result: HealthResult;
  readonly recognised: boolean;
} {
  if (exit.kind === "timeout") return { result: "Critical", recognised: true };
  if (exit.kind !== "code") return { result: "Unknown", recognised: true };
  const result = RESULTS[exit.code];
  return result === undefined ? { result: "Unknown", recognised: false } : { result, recognised: true };
}

/** Criticals in a row, after one more result. */
export function criticalsAfter(before: number, result: HealthResult): number {
  return result === "Critical" ? before + 1 : 0;
}

/** Whether a service is to be restarted after so many criticals in a row: never without a number, as in the original. */
export function isToRestart(criticals: number, restartAfter = 0): boolean {
  return restartAfter > 0 && criticals >= restartAfter;
}

/** Longest wait after a result that is not Ok. */
const ATTENTION_MS = 30_000;
/** Shortest wait: an interval of 0 must not keep a machine busy (the original's loop dies of it). */
const SHORTEST_MS = 1_000;

export interface HealthSchedule {
  readonly result: HealthResult;
  readonly intervalMs: number;
  /** Whether this loop has seen an Ok before this result. */
  readonly okBefore: boolean;
  /** Results of this loop before this one, with no Ok among them. */
  readonly missesBefore: number;
  /** Whether criticals in a row restart the service: then each stands for a whole wait. */
  readonly isCounted: boolean;
  /** In [0, 1): the first Ok is followed by a random part of the interval, so that checks do not run in step. */
  readonly random: number;
}

/**
 * Milliseconds until the next check. A service that has only just started mostly answers a moment later: until its first Ok it is
 * asked again after one second, two, four (beyond the original, where it counts as critical for the next thirty).
 */
export function nextHealthDelayMs(schedule: HealthSchedule): number {
  const { result, intervalMs, okBefore, missesBefore, isCounted, random } = schedule;
  const interval = Math.max(intervalMs, SHORTEST_MS);
  if (result !== "Ok") {
    const longest = Math.min(interval, ATTENTION_MS);
    const isStarting = !okBefore && !isCounted && result !== "Warning";
    return isStarting ? Math.min(longest, SHORTEST_MS * 2 ** missesBefore) : longest;
  }
  if (okBefore) return interval;
  return Math.max(SHORTEST_MS, Math.floor(random * (interval / 1000)) * 1000);
}
