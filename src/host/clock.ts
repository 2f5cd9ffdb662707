// The machine's monotonic clock (clock_gettime(2)); the runtime's own count from the start of the process.
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
