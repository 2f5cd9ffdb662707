import { describe, expect, test } from "bun:test";
import { LastHook } from "./last-hook.ts";

describe("the last hook of a service", () => {
  test("has its own limit while the Supervisor goes on", () => {
    expect(new LastHook().begin(300_000)).toBe(300_000);
    expect(new LastHook().begin(undefined)).toBeUndefined();
  });

  test("has the shorter one when the Supervisor ends", () => {
    const last = new LastHook();
    last.hurry(50_000);
    expect(last.begin(300_000)).toBe(50_000);
    expect(last.begin(undefined)).toBe(50_000);
    expect(last.begin(1_000)).toBe(1_000);
    last.end();
    expect(last.signal.aborted).toBe(false);
  });

  test("that runs already when the Supervisor ends is cut short", async () => {
    const last = new LastHook();
    last.begin(undefined);
    last.hurry(1);
    if (!last.signal.aborted)
      await new Promise((resolve) => last.signal.addEventListener("abort", resolve, { once: true }));
    expect(last.signal.aborted).toBe(true);
  });
});
