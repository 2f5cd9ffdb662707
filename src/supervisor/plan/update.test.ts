import { describe, expect, test } from "bun:test";
import { type FullIdent, parseFullIdent, parseIdent } from "../../package/index.ts";
import { defaultSpec, type UpdateCondition, type UpdateStrategy } from "../spec/spec.ts";
import { nextUpdateStep, updatePeriodMs } from "./update.ts";

const redis = (version: number) => parseFullIdent(`core/redis/${version}.0.0/20260101000000`);
const [OLD, RUNNING, NEWER] = [redis(1), redis(2), redis(3)];

const step = (updateStrategy: UpdateStrategy, updateCondition: UpdateCondition, found?: FullIdent) =>
  nextUpdateStep({
    spec: { ...defaultSpec(parseIdent("core/redis")), updateStrategy, updateCondition },
    running: RUNNING,
    memberId: "b",
    group: undefined,
    arrived: true,
    settled: true,
    found,
    claim: undefined,
    yieldedFor: undefined,
    patienceOver: false,
  });

describe("strategies (services.md §15.3)", () => {
  test("none waits for ever", () => {
    expect(step("none", "track-channel", NEWER)).toEqual({ kind: "wait" });
  });

  test.each(["at-once", "rolling"] as const)(
    "%s, alone: looks, and takes what the condition allows",
    (strategy) => {
      expect(step(strategy, "latest")).toEqual({ kind: "poll" });
      expect(step(strategy, "latest", RUNNING)).toEqual({ kind: "poll" });
      expect(step(strategy, "latest", OLD)).toEqual({ kind: "poll" });
      expect(step(strategy, "latest", NEWER)).toEqual({ kind: "change", ident: NEWER });
      expect(step(strategy, "track-channel", OLD)).toEqual({ kind: "change", ident: OLD });
    },
  );
});

describe("the period (services.md §15.1)", () => {
  test.each([
    [undefined, false, 60_000],
    ["3000", false, 60_000],
    ["3000", true, 3_000],
    ["90000", false, 90_000],
    ["soon", false, 60_000],
  ])("%p, bypass %p", (period, bypass, expected) => {
    expect(updatePeriodMs(60, { period, bypass })).toBe(expected);
  });
});
