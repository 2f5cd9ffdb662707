// What to do next with one service: its state machine (reference/services.md §7). Pure: facts in, one step out; the
// executor is service/service.ts, which asks again after each step.
import type { RestartReason } from "./restart.ts";

export type Phase = "uninitialized" | "initializing" | "init-failed" | "initializer-finished" | "initialized";

/** The hooks of a service, in the order in which they are rendered. The last two are beyond the original. */
export const SERVICE_HOOKS = [
  "file-updated",
  "health-check",
  "init",
  "reconfigure",
  "suitability",
  "run",
  "post-run",
  "post-stop",
  "pre-stop",
  "readiness",
] as const;

export type ServiceHook = (typeof SERVICE_HOOKS)[number];

/** What the last rendering changed on disk and nobody has acted on yet. */
export interface RenderedChanges {
  readonly hooks: ReadonlySet<ServiceHook>;
  readonly configuration: boolean;
}

export const NO_CHANGES: RenderedChanges = { hooks: new Set(), configuration: false };

export interface ServiceFacts {
  readonly phase: Phase;
  readonly processAlive: boolean;
  readonly hasHook: (hook: ServiceHook) => boolean;
  readonly changes: RenderedChanges;
  /** Its health check has said critical so often that it is to be restarted. */
  readonly unhealthy: boolean;
  /** False while the group of a leader topology has no leader, or strict binds are not satisfied. */
  readonly mayAct: boolean;
}

export type ServiceStep =
  | { readonly kind: "reattach" }
  | { readonly kind: "initialize" }
  | { readonly kind: "skip-init" }
  | { readonly kind: "spawn" }
  | { readonly kind: "reconfigure" }
  | { readonly kind: "restart"; readonly reason: RestartReason };

/** The next step, or undefined when there is nothing to do until something happens. First match wins, as in §7. */
export function nextStep(facts: ServiceFacts): ServiceStep | undefined {
  if (!facts.mayAct) return undefined;
  switch (facts.phase) {
    case "uninitialized":
      if (facts.processAlive) return { kind: "reattach" };
      return facts.hasHook("init") ? { kind: "initialize" } : { kind: "skip-init" };
    case "initializing":
      return undefined;
    case "init-failed":
      return { kind: "restart", reason: "init_hook_failed" };
    case "initializer-finished":
      return { kind: "spawn" };
    case "initialized":
      return nextRunningStep(facts);
  }
}

function nextRunningStep(facts: ServiceFacts): ServiceStep | undefined {
  const { processAlive, changes, unhealthy, hasHook } = facts;
  if (!processAlive) return { kind: "restart", reason: "run_hook_failed" };
  if (unhealthy) return { kind: "restart", reason: "health_check_failed" };
  if (changes.hooks.has("init")) return { kind: "restart", reason: "init_hook_updated" };
  if (changes.hooks.has("run")) return { kind: "restart", reason: "run_hook_updated" };
  if (changes.hooks.has("post-run")) return { kind: "restart", reason: "post_run_hook_updated" };
  if (changes.configuration && !hasHook("reconfigure"))
    return { kind: "restart", reason: "app_config_updated" };
  if (changes.configuration || changes.hooks.has("reconfigure")) return { kind: "reconfigure" };
  return undefined;
}

/** Joins what two renderings changed. */
export function mergeChanges(a: RenderedChanges, b: RenderedChanges): RenderedChanges {
  return { hooks: new Set([...a.hooks, ...b.hooks]), configuration: a.configuration || b.configuration };
}
