import { describe, expect, test } from "bun:test";
import { cooledDown, decideRestart, FRESH_RUN_STATE, type RestartReason, restarted } from "./restart.ts";

const CONFIG = { minBackoffSeconds: 2, maxBackoffSeconds: 5, cooldownSeconds: 300 };
const NONE = { minBackoffSeconds: 0, maxBackoffSeconds: 0, cooldownSeconds: 300 };
const cause = (reason: RestartReason) => ({ pid: 7, reason, atMs: 1 });
const STABLE = { random: 0.5, uptimeMs: 60_000 };

describe("restarts with back-off (services.md §9)", () => {
  test("the first failure sleeps the base, later ones up to three times the last, at most the maximum", () => {
    const first = decideRestart(FRESH_RUN_STATE, cause("run_hook_failed"), CONFIG, STABLE);
    expect(first.sleepMs).toBe(2000);
    expect(first.state.restartCount).toBe(1);
    const second = decideRestart(first.state, cause("run_hook_failed"), CONFIG, STABLE);
    expect(second.sleepMs).toBe(4000);
    const third = decideRestart(second.state, cause("init_hook_failed"), CONFIG, { ...STABLE, random: 0.99 });
    expect(third.sleepMs).toBe(5000);
    expect(third.state.restartCount).toBe(3);
  });

  test("the base is never above the maximum", () => {
    const { sleepMs } = decideRestart(
      FRESH_RUN_STATE,
      cause("run_hook_failed"),
      { ...CONFIG, maxBackoffSeconds: 1 },
      STABLE,
    );
    expect(sleepMs).toBe(1000);
  });

  test.each(["package_updated", "app_config_updated", "init_hook_updated", "run_hook_updated"] as const)(
    "%s restarts at once and clears the count",
    (reason) => {
      const failed = decideRestart(FRESH_RUN_STATE, cause("run_hook_failed"), CONFIG, STABLE).state;
      const { state, sleepMs } = decideRestart(failed, cause(reason), CONFIG, STABLE);
      expect(sleepMs).toBe(0);
      expect(state).toMatchObject({ restartCount: 0, last: { reason }, previousSleepMs: undefined });
    },
  );

  test("the cool-down forgets the back-off, not the count", () => {
    const failed = decideRestart(FRESH_RUN_STATE, cause("run_hook_failed"), CONFIG, STABLE).state;
    const again = restarted(failed, 10_000);
    expect(cooledDown(again, CONFIG, 310_000).previousSleepMs).toBe(2000);
    expect(cooledDown(again, CONFIG, 310_001)).toMatchObject({ previousSleepMs: undefined, restartCount: 1 });
  });
});

describe("without a back-off", () => {
  test("a service that was stable is there again at once", () => {
    expect(decideRestart(FRESH_RUN_STATE, cause("run_hook_failed"), NONE, STABLE).sleepMs).toBe(0);
  });

  test("one that keeps dying right after its start is slowed down, up to three seconds", () => {
    let state = FRESH_RUN_STATE;
    const sleeps = Array.from({ length: 7 }, () => {
      const decision = decideRestart(state, cause("run_hook_failed"), NONE, { random: 0, uptimeMs: 50 });
      state = decision.state;
      return decision.sleepMs;
    });
    expect(sleeps).toEqual([0, 250, 500, 1000, 2000, 3000, 3000]);
    expect(decideRestart(state, cause("run_hook_failed"), NONE, STABLE).sleepMs).toBe(0);
  });
});
