import { describe, expect, test } from "bun:test";
import { hookFields, hookOption } from "./hook-option.ts";

describe("--hook", () => {
  test("words about one hook come together", () => {
    expect(
      hookFields([
        "health-check.timeout=5",
        "readiness.interval=2",
        "health-check.restart_after=3",
        "health-check.timeout=6",
      ]),
    ).toEqual({
      hooks: [
        { hook: "health-check", timeout: 6, restartAfter: 3 },
        { hook: "readiness", interval: 2 },
      ],
    });
    expect(hookFields([])).toEqual({ hooks: [] });
  });

  test.each([
    ["health-check=5", "it is not like health-check.timeout=5"],
    ["init.timeout=1.5", "it is not like health-check.timeout=5"],
    ["run.timeout=5", "there is no hook run"],
    ["init.interval=5", "nothing is known of init.interval"],
    ["readiness.failures=0", "a whole number from 1 to 2000000 is expected"],
    ["init.timeout=9999999", "a whole number from 0 to 2000000 is expected"],
  ])("%s is refused", (word, why) => {
    expect(() => hookOption("one").grammar.parse(word)).toThrow(why);
  });
});
