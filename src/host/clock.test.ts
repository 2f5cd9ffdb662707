import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { asTimeOfDay, steadyNow } from "./clock.ts";

afterEach(() => {
  setSystemTime();
});

describe("a clock that is set", () => {
  test("does not step what waits, and is followed by what is shown", () => {
    const moment = steadyNow();
    expect(asTimeOfDay(moment)).toBe(moment);
    setSystemTime(new Date(Date.now() - 86_400_000));
    expect(steadyNow() - moment).toBeGreaterThanOrEqual(0);
    expect(steadyNow() - moment).toBeLessThan(3_600_000);
    expect(asTimeOfDay(moment) - moment).toBeLessThan(-80_000_000);
  });
});
