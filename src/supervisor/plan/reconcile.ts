// Which services to start, stop or change: wanted specs against what is held, as a list of steps
// (reference/services.md §2.1). Pure; the executor is services.ts.
import { compareSpecs, type ServiceSpec } from "../spec/spec.ts";

/** What the Supervisor holds for one service name. */
export interface HeldService {
  readonly spec: ServiceSpec;
  readonly condition: /** Started and supervised. */
    | { readonly kind: "running" }
    /** A start or stop is under way; its end asks for another reconciliation. */
    | { readonly kind: "busy" }
    /** A start is under way that can be cut short. */
    | { readonly kind: "starting" }
    /** Waits out a restart back-off or the delay after a failed start. */
    | { readonly kind: "waiting"; readonly readyAtMs: number };
}

export type ReconcileStep =
  | { readonly kind: "start"; readonly name: string; readonly spec: ServiceSpec }
  | { readonly kind: "stop"; readonly name: string }
  /** Stop now; the start follows from a later reconciliation, because the spec still says up. */
  | { readonly kind: "restart"; readonly name: string }
  /** Exchange the spec in place, process untouched. */
  | { readonly kind: "update"; readonly name: string; readonly spec: ServiceSpec }
  /** Cut the start short that is under way: the service is not wanted any more. */
  | { readonly kind: "interrupt"; readonly name: string }
  /** Drop what is remembered about a service that is neither running nor wanted. */
  | { readonly kind: "forget"; readonly name: string }
  /** Reconcile again at this time. */
  | { readonly kind: "wait"; readonly name: string; readonly untilMs: number };

/**
 * Compares wanted specs and held services by name. One name yields at most one step, so that a service is never
 * started while its predecessor is still being stopped. Compat: the original compares by ident and may do both at once.
 */
export function planReconcile(
  wanted: ReadonlyMap<string, ServiceSpec>,
  held: ReadonlyMap<string, HeldService>,
  nowMs: number,
): ReconcileStep[] {
  const steps: ReconcileStep[] = [];
  for (const [name, service] of held) {
    const spec = wanted.get(name);
    const step = planHeld(name, spec?.desiredState === "up" ? spec : undefined, service, nowMs);
    if (step !== undefined) steps.push(step);
  }
  for (const [name, spec] of wanted) {
    if (!held.has(name) && spec.desiredState === "up") steps.push({ kind: "start", name, spec });
  }
  return steps;
}

function planHeld(
  name: string,
  spec: ServiceSpec | undefined,
  { spec: current, condition }: HeldService,
  nowMs: number,
): ReconcileStep | undefined {
  switch (condition.kind) {
    case "busy":
      return undefined;
    case "starting":
      return spec === undefined ? { kind: "interrupt", name } : undefined;
    case "waiting": {
      if (spec === undefined) return { kind: "forget", name };
      // A changed spec may be the correction a failed start waits for.
      if (condition.readyAtMs <= nowMs || compareSpecs(current, spec) !== "equal")
        return { kind: "start", name, spec };
      return { kind: "wait", name, untilMs: condition.readyAtMs };
    }
    case "running": {
      if (spec === undefined) return { kind: "stop", name };
      const difference = compareSpecs(current, spec);
      if (difference === "equal") return undefined;
      return difference === "update" ? { kind: "update", name, spec } : { kind: "restart", name };
    }
  }
}
