// Plans as text: reading, checking, their order. Nothing in here runs a plan but `run-builds.ts`, which starts builds.
export { type CheckOptions, type CheckResult, checkPlans, countBySeverity } from "./check/check.ts";
export { type Finding, RULES, type RuleName, type Severity } from "./check/finding.ts";
export { findPlans, planContext } from "./find.ts";
export { type Need, neededBy, type PlanGraph, type PlanNode } from "./graph.ts";
export { planRebuild, type RebuildOptions, type RebuildPlan, readTree } from "./rebuild.ts";
export { type BuildEvent, type Outcome, runBuilds } from "./run-builds.ts";
export { formatReason, type Reason, type Step } from "./stale.ts";
export type { Place } from "./values.ts";
