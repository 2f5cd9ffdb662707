import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { actingHookMs, hookGraceMs, preStopTime } from "./stop.ts";

describe("the time of pre-stop", () => {
  test.each([
    // The default of 8 s: what is left to the process, and to the end of a hook that takes too long, is kept.
    [8_000, undefined, { limitMs: 5_000, graceMs: 1_000 }],
    [60_000, 10_000, { limitMs: 10_000, graceMs: 1_000 }],
    [8_000, 60_000, { limitMs: 5_000, graceMs: 1_000 }],
    [3_000, undefined, { limitMs: 1_500, graceMs: 500 }],
    [0, undefined, undefined],
  ])("%d ms, with a limit of %p: %p", (leftMs, ownLimitMs, time) => {
    expect(preStopTime(leftMs, ownLimitMs)).toEqual(time);
  });

  test("with its end leaves the process time within the shutdown timeout", () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000_000 }),
        fc.option(fc.nat(), { nil: undefined }),
        (left, own) => {
          const time = preStopTime(left, own);
          if (time === undefined) return own === 0;
          return time.limitMs > 0 && time.limitMs + time.graceMs < left;
        },
      ),
    ));
});

test.each([
  [Number.POSITIVE_INFINITY, 2_000],
  [8_000, 2_000],
  [1_000, 250],
  [0, 0],
])("hooks that run when a service has %d ms to stop get %d ms to end", (totalMs, graceMs) => {
  expect(hookGraceMs(totalMs)).toBe(graceMs);
});

test("a hook that acts on the process leaves three quarters of the time to the rest of the stop", () => {
  expect(actingHookMs(20_000)).toBe(5_000);
});
