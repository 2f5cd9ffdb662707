// What an update strategy wants next (reference/services.md §15). A strategy is a function of what is known → one step;
// course.ts keeps what it has to remember between two steps, the updater carries steps out and asks again. Pure.
import type { UpdateStrategy } from "../spec/spec.ts";
import { rolling } from "./rolling.ts";
import { pollForItself, type UpdateContext, type UpdateStep } from "./update-step.ts";

type Strategy = (context: UpdateContext) => UpdateStep;

const STRATEGIES: Record<UpdateStrategy, Strategy | undefined> = {
  none: undefined,
  "at-once": pollForItself,
  rolling,
};

/** Whether a strategy looks for updates at all. */
export function looksForUpdates(strategy: UpdateStrategy): boolean {
  return STRATEGIES[strategy] !== undefined;
}

/** The next step of a service's strategy. */
export function nextUpdateStep(context: UpdateContext): UpdateStep {
  return STRATEGIES[context.spec.updateStrategy]?.(context) ?? { kind: "wait" };
}

/** Least time between two polls unless the check is bypassed. */
const SHORTEST_PERIOD_MS = 60_000;

/** Milliseconds between polls: the option, a second at least, or `HAB_UPDATE_STRATEGY_PERIOD_MS` raised to a minute (§15.1). */
export function updatePeriodMs(
  optionSeconds: number,
  environment: { readonly period: string | undefined; readonly bypass: boolean },
): number {
  if (environment.period === undefined) return Math.max(1, optionSeconds) * 1000;
  const period = /^\d+$/.test(environment.period) ? Number(environment.period) : SHORTEST_PERIOD_MS;
  return environment.bypass ? Math.max(1, period) : Math.max(period, SHORTEST_PERIOD_MS);
}
