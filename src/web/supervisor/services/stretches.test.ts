import { describe, expect, test } from "bun:test";
import type { TimelineEntry } from "../told/shapes.ts";
import { stretchesOf } from "./stretches.ts";

const health = (at: number, previous: string, result: string): TimelineEntry => ({
  ...{ n: at, at, kind: "health", service_group: "a.b", previous, result },
});

describe("stretches of health", () => {
  test("go from the beginning to now, each with what the check said", () => {
    expect(stretchesOf([health(20, "unknown", "ok"), health(50, "ok", "critical")], 0, 100)).toEqual([
      { result: "unknown", from: 0, to: 20 },
      { result: "ok", from: 20, to: 50 },
      { result: "critical", from: 50, to: 100 },
    ]);
  });

  test("without an event nothing is known", () =>
    expect(stretchesOf([], 0, 10)).toEqual([{ result: "unknown", from: 0, to: 10 }]));

  test("never run backwards, whatever the clock does", () => {
    const stretches = stretchesOf([health(50, "ok", "warning"), health(30, "warning", "what")], 0, 40);
    for (const { from, to } of stretches) expect(to).toBeGreaterThan(from);
    expect(stretches.at(-1)?.to).toBe(40);
  });
});
