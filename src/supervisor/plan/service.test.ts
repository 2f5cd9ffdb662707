import { describe, expect, test } from "bun:test";
import {
  NO_CHANGES,
  nextStep,
  type RenderedChanges,
  type ServiceFacts,
  type ServiceHook,
} from "./service.ts";

const facts = (given: Partial<ServiceFacts>): ServiceFacts => ({
  phase: "initialized",
  processAlive: true,
  hasHook: () => true,
  changes: NO_CHANGES,
  unhealthy: false,
  mayAct: true,
  ...given,
});
const hookChanged = (hook: ServiceHook): RenderedChanges => ({
  hooks: new Set([hook]),
  configuration: false,
});
const CONFIGURATION: RenderedChanges = { hooks: new Set(), configuration: true };

describe("the state machine of a service (services.md §7)", () => {
  test("before its start", () => {
    expect(nextStep(facts({ phase: "uninitialized", processAlive: false }))).toEqual({ kind: "initialize" });
    expect(nextStep(facts({ phase: "uninitialized", processAlive: false, hasHook: () => false }))).toEqual({
      kind: "skip-init",
    });
    expect(nextStep(facts({ phase: "uninitialized" }))).toEqual({ kind: "reattach" });
    expect(nextStep(facts({ phase: "initializing", processAlive: false }))).toBeUndefined();
    expect(nextStep(facts({ phase: "initializer-finished", processAlive: false }))).toEqual({
      kind: "spawn",
    });
    expect(nextStep(facts({ phase: "init-failed", processAlive: false }))).toEqual({
      kind: "restart",
      reason: "init_hook_failed",
    });
  });

  test("a dead process goes before every change", () => {
    const changes = { hooks: new Set<ServiceHook>(["init"]), configuration: true };
    expect(nextStep(facts({ processAlive: false, changes }))).toEqual({
      kind: "restart",
      reason: "run_hook_failed",
    });
  });

  test.each([
    ["init", "init_hook_updated"],
    ["run", "run_hook_updated"],
    ["post-run", "post_run_hook_updated"],
  ] as const)("a changed %s hook restarts", (hook, reason) => {
    expect(nextStep(facts({ changes: hookChanged(hook) }))).toEqual({ kind: "restart", reason });
  });

  test.each(["file-updated", "health-check", "suitability", "post-stop", "pre-stop", "readiness"] as const)(
    "a changed %s hook does nothing",
    (hook) => {
      expect(nextStep(facts({ changes: hookChanged(hook) }))).toBeUndefined();
    },
  );

  test("changed configuration reconfigures, or restarts where there is no hook for it", () => {
    expect(nextStep(facts({ changes: CONFIGURATION }))).toEqual({ kind: "reconfigure" });
    expect(nextStep(facts({ changes: hookChanged("reconfigure") }))).toEqual({ kind: "reconfigure" });
    expect(nextStep(facts({ changes: CONFIGURATION, hasHook: (hook) => hook !== "reconfigure" }))).toEqual({
      kind: "restart",
      reason: "app_config_updated",
    });
  });

  test("a service whose health asks for it is restarted, before anything that changed; one that waits is not", () => {
    const changes = hookChanged("run");
    expect(nextStep(facts({ unhealthy: true, changes }))).toEqual({
      kind: "restart",
      reason: "health_check_failed",
    });
    expect(nextStep(facts({ phase: "initializing", unhealthy: true }))).toBeUndefined();
  });

  test("a group without a leader does nothing at all", () => {
    expect(nextStep(facts({ processAlive: false, mayAct: false }))).toBeUndefined();
  });
});
