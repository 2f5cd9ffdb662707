// `hooks` in a spec, and in requests to load and update (docs/run-a-service.md).
import { describe, expect, test } from "bun:test";
import { parseIdent } from "../../package/index.ts";
import { formatSpec, parseSpec } from "./file.ts";
import { mergeLoad, mergeUpdate } from "./merge.ts";
import { defaultSpec } from "./spec.ts";

const spec = defaultSpec(parseIdent("core/redis"));
const settings = { "health-check": { timeout: 5, restartAfter: 3 }, readiness: { interval: 2 } };

describe("in a spec file", () => {
  test("are written last, as tables the original passes over, and read again", () => {
    const text = formatSpec({ ...spec, hookSettings: settings });
    expect(text).toEndWith(
      "[health_check_interval]\nsecs = 30\nnanos = 0\n\n[hooks.health-check]\ntimeout = 5\nrestart_after = 3\n\n[hooks.readiness]\ninterval = 2\n",
    );
    expect(parseSpec(text, "redis.spec").hookSettings).toEqual(settings);
  });

  test("leave no trace when there are none", () => {
    expect(formatSpec(spec)).toEndWith("[health_check_interval]\nsecs = 30\nnanos = 0\n");
    expect(parseSpec('ident = "core/redis"\n', "redis.spec").hookSettings).toEqual({});
  });

  test("that cannot be so are refused by name", () => {
    expect(() => parseSpec('ident = "core/redis"\n[hooks.init]\ntimeout = "5"\n', "redis.spec")).toThrow(
      "hooks.init.timeout: a whole number from 0 to 2000000 is expected",
    );
    expect(() => parseSpec('ident = "core/redis"\nhooks = 5\n', "redis.spec")).toThrow(
      "hooks: expected a table",
    );
  });
});

describe("in a request", () => {
  const hookSettings = {
    hooks: [
      { hook: "init", timeout: 7 },
      { hook: "later", timeout: 1 },
    ],
  };
  const before = { ...spec, hookSettings: settings };

  test("replace what is there; what is not known here is passed over", () => {
    expect(mergeUpdate(before, { hookSettings }).hookSettings).toEqual({ init: { timeout: 7 } });
    expect(mergeLoad(before, spec.ident, { hookSettings }).hookSettings).toEqual({ init: { timeout: 7 } });
    expect(mergeUpdate(before, { hookSettings: { hooks: [] } }).hookSettings).toEqual({});
  });

  test("not sent, leave it as it is", () => {
    expect(mergeUpdate(before, {}).hookSettings).toEqual(settings);
    expect(mergeLoad(before, spec.ident, {}).hookSettings).toEqual(settings);
  });

  test("that cannot be so are refused", () => {
    const bad = { hooks: [{ hook: "readiness", failures: 0 }] };
    expect(() => mergeUpdate(spec, { hookSettings: bad })).toThrow(
      "--hook readiness.failures: a whole number from 1",
    );
  });
});
