// The loop of health checks of one running service (reference/services.md §10). It holds one timer between two checks
// and ends when its signal aborts.
import { type HealthResult, healthOfExit, nextHealthDelayMs } from "../plan/health.ts";
import type { HookResult } from "./run-hook.ts";

export interface HealthLoopOptions {
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly check: () => Promise<HookResult>;
  readonly report: (result: HealthResult, unrecognisedCode: number | undefined) => void;
}

/** Runs checks until the signal aborts. Never rejects. */
export async function runHealthLoop(options: HealthLoopOptions): Promise<void> {
  let okBefore = false;
  while (!options.signal.aborted) {
    const { exit } = await options.check();
    if (options.signal.aborted || exit.kind === "abandoned") return;
    const { result, recognised } = healthOfExit(exit);
    options.report(result, !recognised && exit.kind === "code" ? exit.code : undefined);
    const { intervalMs, random } = options;
    const delayMs = nextHealthDelayMs({ result, intervalMs, okBefore, random: random() });
    okBefore ||= result === "Ok";
    await pause(delayMs, options.signal);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end, { once: true });
  });
}
