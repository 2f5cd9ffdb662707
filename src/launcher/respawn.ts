// What the end of a Supervisor means for the launcher (reference/supervisor.md §9.3). Pure.
import type { ProcessExit } from "../host/index.ts";
import { QUICK_DEATH_MS, RESPAWN_DELAYS_MS } from "./timing.ts";

/** Exit code of a Supervisor that is done. */
export const DONE_EXIT_CODE = 84;

/** Exit code of a Supervisor that cannot go on and must not be started again. */
export const FAILED_EXIT_CODE = 86;

export type Verdict =
  | { readonly kind: "stop"; readonly exitCode: number }
  | { readonly kind: "respawn"; readonly delayMs: number; readonly quickDeaths: number };

/**
 * Decides after the end of a Supervisor that lived for `livedMs`; `quickDeaths` counts those before it that died soon
 * after their start, in a row. Unlike the original's launcher, a Supervisor ended by a signal is replaced as well, its
 * services untouched; and so is one that could not start although one before it had served: what stood against it (a disk
 * that cannot be written) may go, and is no reason to stop what runs.
 */
export function judgeExit(
  exit: ProcessExit,
  livedMs: number,
  quickDeaths: number,
  couldNotStart = false,
): Verdict {
  if (exit.code === DONE_EXIT_CODE) return { kind: "stop", exitCode: 0 };
  if (exit.code === FAILED_EXIT_CODE && !couldNotStart) return { kind: "stop", exitCode: FAILED_EXIT_CODE };
  // The wish to be replaced, however soon after the last one.
  if (exit.code === 0) return { kind: "respawn", delayMs: 0, quickDeaths: 0 };
  const count = livedMs < QUICK_DEATH_MS ? quickDeaths + 1 : 0;
  const delayMs = RESPAWN_DELAYS_MS[Math.min(count, RESPAWN_DELAYS_MS.length - 1)] ?? 0;
  return { kind: "respawn", delayMs, quickDeaths: count };
}

/** Neither done nor unable to go on: those two are words of a Supervisor that works. */
export function isFailure({ code }: ProcessExit): boolean {
  return code !== DONE_EXIT_CODE && code !== FAILED_EXIT_CODE;
}

/** In words that follow `the Supervisor`. */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal === null ? `exited with an unexpected exit code: ${code}` : `was ended by ${signal}`;
}
