import { describe, expect, test } from "bun:test";
import { hookLimitMs } from "./hook-limits.ts";

describe("the limit of a hook", () => {
  test.each(["install", "uninstall", "init", "post-run"] as const)("%s has none of itself", (hook) => {
    expect(hookLimitMs(hook, {}, {})).toBeUndefined();
  });

  test.each([
    ["health-check", 60_000],
    ["readiness", 10_000],
    ["suitability", 30_000],
    ["reconfigure", 300_000],
    ["file-updated", 300_000],
    ["post-stop", 300_000],
  ] as const)("%s has %d ms", (hook, limitMs) => expect(hookLimitMs(hook, {}, {})).toBe(limitMs));

  test("is what the spec says, else what the package says; 0 for none", () => {
    const pkg = { init: { timeout: 5 }, "health-check": { timeout: 5 } };
    expect(hookLimitMs("init", {}, pkg)).toBe(5_000);
    expect(hookLimitMs("init", { init: { timeout: 9 } }, pkg)).toBe(9_000);
    expect(hookLimitMs("health-check", { "health-check": { timeout: 0 } }, pkg)).toBeUndefined();
  });
});
