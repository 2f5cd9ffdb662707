// The loop of health checks of one running service (reference/services.md §10). It holds one timer between two checks
// and ends when its signal aborts.
import { type HealthResult, healthOfExit, nextHealthDelayMs } from "../plan/health.ts";
import { pause } from "./pause.ts";
import type { HookResult } from "./run-hook.ts";

/** One check, and when the next one is due. */
export interface HealthCheck {
  readonly result: HealthResult;
  /** An exit code that means nothing. */
  readonly unrecognisedCode: number | undefined;
  readonly hook: HookResult;
  readonly nextMs: number;
}

export interface HealthLoopOptions {
  readonly intervalMs: number;
  /** Whether criticals in a row restart the service, asked after each check. */
  readonly isCounted: () => boolean;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly check: () => Promise<HookResult>;
  readonly report: (check: HealthCheck) => void;
}

/** Runs checks until the signal aborts. Never rejects. */
export async function runHealthLoop(options: HealthLoopOptions): Promise<void> {
  let okBefore = false;
  let missesBefore = 0;
  while (!options.signal.aborted) {
    const hook = await options.check();
    const { exit } = hook;
    if (options.signal.aborted || exit.kind === "abandoned") return;
    const { result, recognised } = healthOfExit(exit);
    const { intervalMs, isCounted, random } = options;
    const nextMs = nextHealthDelayMs({
      ...{ result, intervalMs, okBefore, missesBefore },
      ...{ isCounted: isCounted(), random: random() },
    });
    const unrecognisedCode = !recognised && exit.kind === "code" ? exit.code : undefined;
    options.report({ result, unrecognisedCode, hook, nextMs });
    okBefore ||= result === "Ok";
    missesBefore += 1;
    await pause(nextMs, options.signal);
  }
}

/** Tells the health of a service without a hook at each interval, for those who count on hearing of it. Never rejects. */
export async function runHealthReports(
  intervalMs: number,
  signal: AbortSignal,
  report: (nextMs: number) => void,
): Promise<void> {
  const nextMs = Math.max(intervalMs, 1000);
  while (!signal.aborted) {
    report(nextMs);
    await pause(nextMs, signal);
  }
}
