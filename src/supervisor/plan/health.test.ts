import { describe, expect, test } from "bun:test";
import { criticalsAfter, type HealthResult, healthOfExit, isToRestart, nextHealthDelayMs } from "./health.ts";

describe("health (services.md §10)", () => {
  test.each([
    [0, "Ok", true],
    [1, "Warning", true],
    [2, "Critical", true],
    [3, "Unknown", true],
    [4, "Unknown", false],
    [255, "Unknown", false],
  ] as const)("exit code %i is %s", (code, result, recognised) => {
    expect(healthOfExit({ kind: "code", code })).toEqual({ result, recognised });
  });

  test("a check that did not end in its time is critical", () => {
    expect(healthOfExit({ kind: "timeout", seconds: 5 })).toEqual({ result: "Critical", recognised: true });
  });

  test("a signal and a hook that cannot run are unknown", () => {
    expect(healthOfExit({ kind: "signal", signal: "SIGKILL" }).result).toBe("Unknown");
    expect(healthOfExit({ kind: "failed", message: "x" }).result).toBe("Unknown");
  });

  const delay = (given: Partial<Parameters<typeof nextHealthDelayMs>[0]>) =>
    nextHealthDelayMs({
      ...{ result: "Ok", intervalMs: 60_000, okBefore: true, missesBefore: 0, isCounted: false, random: 0.5 },
      ...given,
    });

  test("the interval after Ok, a random part of it after the first Ok, at most 30 s otherwise", () => {
    expect(delay({})).toBe(60_000);
    expect(delay({ okBefore: false })).toBe(30_000);
    expect(delay({ result: "Critical" })).toBe(30_000);
    expect(delay({ result: "Warning", intervalMs: 5_000 })).toBe(5_000);
  });

  test("until the first Ok soon again, and then less and less soon", () => {
    const starting = (missesBefore: number) => delay({ result: "Critical", okBefore: false, missesBefore });
    expect([0, 1, 2, 3, 4, 5, 60].map(starting)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect(delay({ result: "Unknown", okBefore: false, intervalMs: 3_000, missesBefore: 5 })).toBe(3_000);
    // A warning is an answer; and what counts towards a restart is not counted faster.
    expect(delay({ result: "Warning", okBefore: false })).toBe(30_000);
    expect(delay({ result: "Critical", okBefore: false, isCounted: true })).toBe(30_000);
  });

  test("an interval of 0 does not end the checks", () => {
    expect(delay({ intervalMs: 0, okBefore: false })).toBe(1_000);
  });
});

describe("the liveness rule", () => {
  const restarted = (results: readonly HealthResult[], restartAfter: number | undefined) =>
    isToRestart(
      results.reduce((criticals, result) => criticalsAfter(criticals, result), 0),
      restartAfter,
    );

  test.each([
    [["Critical", "Critical", "Critical"], 3, true],
    [["Critical", "Critical"], 3, false],
    [["Critical", "Critical", "Ok", "Critical"], 3, false],
    [["Critical", "Unknown", "Critical"], 2, false],
    [["Critical"], 1, true],
    [["Ok"], 1, false],
  ] as const)("after %j, %d in a row: %p", (results, restartAfter, restart) => {
    expect(restarted(results, restartAfter)).toBe(restart);
  });

  test("never, unless it is asked for", () => {
    expect(restarted(["Critical", "Critical", "Critical"], undefined)).toBe(false);
    expect(restarted(["Critical", "Critical", "Critical"], 0)).toBe(false);
  });
});
