// Clocks that nobody sets: the machine's monotonic one (clock_gettime(2)), and the time of day as it was when we started,
// counted on from there.
import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const CLOCK_MONOTONIC = 1;

/** Microseconds of CLOCK_MONOTONIC, as other programs of this machine read it. */
export function monotonicMicroseconds(): bigint {
  const time = new BigInt64Array(2);
  libc().clock_gettime(CLOCK_MONOTONIC, ptr(time));
  const [seconds = 0n, nanoseconds = 0n] = time;
  return seconds * 1_000_000n + nanoseconds / 1000n;
}

/**
 * Milliseconds since the epoch as the clock stood at our start, counted on without its steps: for everything that waits. By
 * the clock itself a service would wait for months when that is set back.
 */
export function steadyNow(): number {
  return STARTED_AT_MS + performance.now();
}

const STARTED_AT_MS = Date.now() - performance.now();

/** A moment of `steadyNow` as the clock, once it has been set, tells it: for people and other programs. */
export function asTimeOfDay(steadyMs: number): number {
  const stepMs = Date.now() - steadyNow();
  return Math.abs(stepMs) < LEAST_STEP_MS ? steadyMs : steadyMs + stepMs;
}

/** Less is how clocks run, and would make one moment two. */
const LEAST_STEP_MS = 1000;
