// The build room: plan → hart. Nothing heavy is loaded before a plan is built.
import type { BuildOptions } from "./build.ts";

export type { BuildOptions, BuildStreams } from "./build.ts";
export { buildErrors } from "./errors.ts";
export { findLeaks, type Leak } from "./hermetic.ts";
export type {
  BuildEvent,
  Finding,
  Outcome,
  PlanNode,
  Reason,
  RebuildPlan,
  Severity,
  Step,
} from "./plans/index.ts";
export type { DependencyInstaller, InstallRequest } from "./requests.ts";

/** Builds a package from a plan; see `build.ts`. */
export async function buildPlan(options: BuildOptions): Promise<number> {
  return (await import("./build.ts")).buildPlan(options);
}

/** Plans as text: checking them, their order, rebuilding them; see `plans/index.ts`. */
export function loadPlans(): Promise<typeof import("./plans/index.ts")> {
  return import("./plans/index.ts");
}
