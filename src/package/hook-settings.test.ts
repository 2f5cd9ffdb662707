import { describe, expect, test } from "bun:test";
import { parseToml, tomlTable } from "../toml/index.ts";
import { hookSetting, hookSettingsTable, parseHookSettings } from "./hook-settings.ts";

const read = (text: string) =>
  parseHookSettings(parseToml(text, { source: "test" }), (problem) => new Error(problem));

describe("hooks.toml", () => {
  test("says of each hook what can be said of it", () => {
    const text =
      "[health-check]\ntimeout = 5\nrestart_after = 3\n[readiness]\ninterval = 2\nfailures = 1\n[init]\ntimeout = 0\n";
    expect(read(text)).toEqual({
      settings: {
        "health-check": { timeout: 5, restartAfter: 3 },
        readiness: { interval: 2, failures: 1 },
        init: { timeout: 0 },
      },
      unknown: [],
    });
  });

  test("is empty when it says nothing", () => expect(read("")).toEqual({ settings: {}, unknown: [] }));

  test("may name what is not known here: that is told, not refused", () => {
    const text = "[run]\ntimeout = 1\n[init]\ntimeuot = 1\ninterval = 2\n[later]\n";
    expect(read(text)).toEqual({
      settings: { init: {} },
      unknown: ["run", "init.timeuot", "init.interval", "later"],
    });
  });

  test.each([
    ["init = 5\n", "init: a table is expected"],
    ['[init]\ntimeout = "5"\n', "init.timeout: a whole number from 0 to 2000000 is expected"],
    ["[init]\ntimeout = -1\n", "init.timeout: a whole number from 0 to 2000000 is expected"],
    ["[init]\ntimeout = 1.5\n", "init.timeout: a whole number from 0 to 2000000 is expected"],
    ["[init]\ntimeout = 2000001\n", "init.timeout: a whole number from 0 to 2000000 is expected"],
    ["[readiness]\ninterval = 0\n", "readiness.interval: a whole number from 1 to 2000000 is expected"],
  ])("refuses %j", (text, problem) => expect(() => read(text)).toThrow(problem));

  test("is written as it is read", () => {
    const settings = {
      "health-check": { timeout: 5, restartAfter: 3 },
      readiness: { failures: 2 },
      init: {},
    };
    const table = hookSettingsTable(settings);
    expect(table).toEqual({
      "health-check": { timeout: 5n, restart_after: 3n },
      readiness: { failures: 2n },
    });
    const { init: _, ...rest } = settings;
    expect(parseHookSettings(tomlTable(table ?? {}), (problem) => new Error(problem)).settings).toEqual(rest);
    expect(hookSettingsTable({ init: {} })).toBeUndefined();
  });
});

test("what a spec says of a hook goes before what the package says", () => {
  const spec = { "health-check": { timeout: 9 } };
  const pkg = { "health-check": { timeout: 5, restartAfter: 3 } };
  expect(hookSetting("health-check", spec, pkg)).toEqual({ timeout: 9, restartAfter: 3 });
  expect(hookSetting("init", spec, pkg)).toEqual({});
});
