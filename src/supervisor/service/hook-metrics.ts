// Counting runs of hooks, per service group and hook (docs/monitoring.md). Beyond the original.
import type { HookEnd } from "../../package/index.ts";
import type { Metrics } from "../http/metrics.ts";
import type { HookExit } from "../plan/health.ts";

export interface CountedHook {
  readonly group: string;
  readonly hook: string;
  readonly exit: HookExit | HookEnd;
  readonly seconds: number;
}

export function countHook(
  metrics: Pick<Metrics, "count" | "observe">,
  { group, hook, exit, seconds }: CountedHook,
): void {
  // Compat: the original's has the hook alone for a label.
  metrics.observe("hab_sup_hook_duration_seconds", seconds, hook);
  const labels = { service_group: group, hook };
  metrics.observe("hab_sup_service_hook_duration_seconds", seconds, labels);
  metrics.count("hab_sup_service_hook_runs_total", { ...labels, outcome: outcomeOf(exit) });
}

/** A hook's end in the words of the metrics. */
function outcomeOf(exit: CountedHook["exit"]): string {
  switch (exit.kind) {
    case "code":
      return exit.code === 0 ? "ok" : "failed";
    case "failed":
      return "failed";
    case "signal":
      return "killed";
    case "timeout":
      return "timed-out";
    case "abandoned":
      return "abandoned";
  }
}
