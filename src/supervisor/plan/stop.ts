// How the time a service may take to stop is shared out (beyond the original, which has no `pre-stop` hook): the shutdown
// timeout holds for the hook and the process together, so that a stop takes no longer than it was given. Pure.

/** Of the shutdown timeout, what `pre-stop` leaves to the process, and to being ended itself when it takes too long. */
const PROCESS_MS = 2_000;
const HOOK_GRACE_MS = 1_000;

/** Between SIGTERM and SIGKILL for a hook nobody waits for any more. */
const LONGEST_GRACE_MS = 2_000;

/** Of the time there is, what a hook that acts on the process has to come to its end. */
const ACTING_PART = 4;

/** No hook that is ended may take more than this part of the time there is. */
const GRACE_PART = 4;

/** Between SIGTERM and SIGKILL for hooks that still run when a service stops that has so long. */
export function hookGraceMs(totalMs: number): number {
  return Math.min(LONGEST_GRACE_MS, totalMs / GRACE_PART);
}

/**
 * How long a hook that acts on the process (`reconfigure`, `file-updated`) is waited for before it is ended: as with the original,
 * nothing is stopped while it runs, for a process that is told to reload and to stop at once may miss one of the two.
 */
export function actingHookMs(totalMs: number): number {
  return totalMs / ACTING_PART;
}

export interface PreStopTime {
  readonly limitMs: number;
  readonly graceMs: number;
}

/**
 * What `pre-stop` may take of the `leftMs` there are still, with a limit of its own or none. A short shutdown timeout is
 * halved. Undefined where there is no time for it.
 */
export function preStopTime(leftMs: number, ownLimitMs: number | undefined): PreStopTime | undefined {
  const kept = Math.min(PROCESS_MS + HOOK_GRACE_MS, leftMs / 2);
  const limitMs = Math.min(leftMs - kept, ownLimitMs ?? Number.POSITIVE_INFINITY);
  if (limitMs <= 0) return undefined;
  return { limitMs, graceMs: (kept * HOOK_GRACE_MS) / (PROCESS_MS + HOOK_GRACE_MS) };
}
