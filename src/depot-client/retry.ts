// When a call is worth another try, and after how long. The original waits 10, 10, 20, 30, 50 s and starts downloads
// from nothing; here they go on where they broke off, so the waits are a tenth (reference/cli.md §11.4).

import { clientErrors } from "./errors.ts";
import { DepotFailure } from "./failure.ts";

export interface RetryPolicy {
  /** Waits before the second, third, … try, in milliseconds; their number bounds the tries. */
  readonly delaysMs: readonly number[];
}

/** Policies by what is tried. */
export interface RetryPolicies {
  /** A proxy that restarts or a lost connection should not fail a command, a depot that is down should soon. */
  readonly questions: RetryPolicy;
  /** Downloads of packages, and keys both ways. */
  readonly transfers: RetryPolicy;
  /** Uploads of packages. Compat: five tries, 3 s apart. */
  readonly uploads: RetryPolicy;
}

export const DEFAULT_RETRIES: RetryPolicies = {
  questions: { delaysMs: [200, 1000] },
  transfers: { delaysMs: [1000, 1000, 2000, 3000, 5000] },
  uploads: { delaysMs: [3000, 3000, 3000, 3000] },
};

/** Longest wait a depot may ask for with Retry-After. */
const MAX_RETRY_AFTER_MS = 60_000;

/** A share of the wait, so that many clients do not come back together. */
const JITTER = 0.2;

/** Whether another try may end differently: no for what the depot refused, yes for what broke or was too much. */
export function isWorthRetrying(error: unknown): error is DepotFailure {
  if (!(error instanceof DepotFailure)) return false;
  if (error.kind === clientErrors.tlsFailed || error.kind === clientErrors.cannotStore) return false;
  const { status } = error;
  if (status === undefined || status < 400) return error.kind !== clientErrors.badAnswer;
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** The same for questions, which tell at once when the depot is down. */
export function isWorthAskingAgain(error: unknown): boolean {
  return isWorthRetrying(error) && !error.isDown;
}

/** Runs `attempt` until it succeeds, fails for good, or the waits are used up. `signal` ends the waiting. */
export async function withRetries<Result>(
  policy: RetryPolicy,
  attempt: () => Promise<Result>,
  options: {
    readonly signal?: AbortSignal | undefined;
    readonly retryable?: (error: unknown) => boolean;
  } = {},
): Promise<Result> {
  const { signal, retryable = isWorthRetrying } = options;
  for (let tries = 0; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      const delay = policy.delaysMs[tries];
      if (delay === undefined || !retryable(error) || signal?.aborted === true) throw error;
      const asked = error instanceof DepotFailure ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
      const wait = Math.max(delay, Math.min(asked, MAX_RETRY_AFTER_MS));
      await pause(wait * (1 + Math.random() * JITTER), signal);
    }
  }
}

/** Waits; ends early with the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason);
      return;
    }
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
