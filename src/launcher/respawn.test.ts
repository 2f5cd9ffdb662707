import { describe, expect, test } from "bun:test";
import { judgeExit } from "./respawn.ts";

const SECOND = 1000;
const crash = { code: 1, signal: null };

describe("the end of a Supervisor", () => {
  test.each([
    [
      { code: 84, signal: null },
      { kind: "stop", exitCode: 0 },
    ],
    [
      { code: 86, signal: null },
      { kind: "stop", exitCode: 86 },
    ],
  ] as const)("%j ends all", (exit, verdict) => {
    expect(judgeExit(exit, 0, 5)).toEqual(verdict);
  });

  test("that could not start where one before it had served: what runs goes on, and the next one tries", () => {
    const verdict = judgeExit({ code: 86, signal: null }, 100, 1, true);
    expect(verdict).toEqual({ kind: "respawn", delayMs: 500, quickDeaths: 2 });
  });

  test.each([
    { code: 0, signal: null },
    { code: 101, signal: null },
    { code: null, signal: "SIGKILL" },
    { code: null, signal: "SIGSEGV" },
  ])("%j: the next one at once", (exit) => {
    expect(judgeExit(exit, 60 * SECOND, 0)).toEqual({ kind: "respawn", delayMs: 0, quickDeaths: 0 });
  });

  test("a wish to be replaced is never made to wait", () => {
    const wish = { code: 0, signal: null };
    expect(judgeExit(wish, 1, 5)).toEqual({ kind: "respawn", delayMs: 0, quickDeaths: 0 });
  });

  test("again and again quickly: later and later, within a bound", () => {
    const delays: number[] = [];
    let quickDeaths = 0;
    for (let round = 0; round < 12; round++) {
      const verdict = judgeExit(crash, SECOND, quickDeaths);
      if (verdict.kind !== "respawn") throw new Error("stopped");
      delays.push(verdict.delayMs);
      quickDeaths = verdict.quickDeaths;
    }
    expect(delays).toEqual([0, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000, 30_000]);
    expect(judgeExit(crash, 11 * SECOND, quickDeaths)).toEqual({
      kind: "respawn",
      delayMs: 0,
      quickDeaths: 0,
    });
  });
});
