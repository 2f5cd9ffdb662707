import { describe, expect, test } from "bun:test";
import { afterReadinessRun, NOT_READY, nextReadinessDelayMs, type ReadinessState } from "./readiness.ts";

/** Runs of the hook, `+` for a success, and what the service is after each. */
function ready(runs: string, failures = 3, from: ReadinessState = NOT_READY): string {
  let state = from;
  return [...runs]
    .map((run) => {
      state = afterReadinessRun(state, run === "+", failures);
      return state.ready ? "R" : ".";
    })
    .join("");
}

describe("a service with a readiness hook", () => {
  test("is not ready until the hook succeeds", () => expect(ready("---+")).toBe("...R"));

  test("stays ready through fewer failures than it takes", () => expect(ready("+--+--")).toBe("RRRRRR"));

  test("is not ready after so many in a row, and ready again after one success", () =>
    expect(ready("+---+")).toBe("RRR.R"));

  test("with one failure allowed flips at once", () => expect(ready("+-+-", 1)).toBe("R.R."));

  test("taken over as ready stays so until its hook says otherwise", () =>
    expect(ready("---", 3, { ready: true, failures: 0 })).toBe("RR."));
});

test.each([
  [0, 10_000, 10_000],
  [1, 10_000, 1_000],
  [5, 10_000, 1_000],
  [1, 500, 500],
])(
  "after %d failures and an interval of %d ms it runs again after %d ms",
  (failures, intervalMs, delayMs) => {
    expect(nextReadinessDelayMs({ ready: false, failures }, intervalMs)).toBe(delayMs);
  },
);
