import { describe, expect, test } from "bun:test";
import { type SettlingFacts, settlesInMs } from "./settled.ts";

const there: SettlingFacts = {
  isHeld: true,
  initialized: true,
  processUp: true,
  uptimeMs: 5_000,
  ready: undefined,
};

describe("a service is there with its release", () => {
  test.each([
    [{}, 0],
    [{ uptimeMs: 0 }, 1_000],
    [{ uptimeMs: 400 }, 600],
    [{ ready: true }, 0],
  ])("%j: in %d ms", (changed, inMs) => expect(settlesInMs({ ...there, ...changed })).toBe(inMs));

  test.each([{ isHeld: false }, { initialized: false }, { processUp: false }, { ready: false }])(
    "%j: nobody can say when",
    (changed) => expect(settlesInMs({ ...there, ...changed })).toBeUndefined(),
  );
});
