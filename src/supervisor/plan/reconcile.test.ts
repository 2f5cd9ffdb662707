import { describe, expect, test } from "bun:test";
import { parseIdent } from "../../package/index.ts";
import { parseBind } from "../group.ts";
import { compareSpecs, defaultSpec, type ServiceSpec } from "../spec/spec.ts";
import { type HeldService, planReconcile } from "./reconcile.ts";

const up = defaultSpec(parseIdent("core/redis"));
const down: ServiceSpec = { ...up, desiredState: "down" };
const NOW = 1_000;

function plan(wanted: ServiceSpec | undefined, held: HeldService | undefined) {
  return planReconcile(
    new Map(wanted === undefined ? [] : [["redis", wanted]]),
    new Map(held === undefined ? [] : [["redis", held]]),
    NOW,
  ).map((step) => step.kind);
}

const running = (spec: ServiceSpec): HeldService => ({ spec, condition: { kind: "running" } });
const waiting = (readyAtMs: number): HeldService => ({ spec: up, condition: { kind: "waiting", readyAtMs } });

describe("wanted against held (services.md §2.1)", () => {
  test("nothing held", () => {
    expect(plan(undefined, undefined)).toEqual([]);
    expect(plan(down, undefined)).toEqual([]);
    expect(plan(up, undefined)).toEqual(["start"]);
  });

  test("running", () => {
    expect(plan(undefined, running(up))).toEqual(["stop"]);
    expect(plan(down, running(up))).toEqual(["stop"]);
    expect(plan(up, running(up))).toEqual([]);
    expect(plan({ ...up, group: "other" }, running(up))).toEqual(["restart"]);
    expect(plan({ ...up, channel: "other" }, running(up))).toEqual(["update"]);
  });

  test("an ident made more exact stops the old process before the new one starts", () => {
    const exact = { ...up, ident: parseIdent("core/redis/4.0.14") };
    expect(plan(exact, running(up))).toEqual(["restart"]);
  });

  test("busy is left alone until its end asks again", () => {
    expect(plan(undefined, { spec: up, condition: { kind: "busy" } })).toEqual([]);
    expect(plan({ ...up, group: "g" }, { spec: up, condition: { kind: "busy" } })).toEqual([]);
  });

  test("a start that can be cut short is, when the service is not wanted any more", () => {
    const starting: HeldService = { spec: up, condition: { kind: "starting" } };
    expect(plan(up, starting)).toEqual([]);
    expect(plan({ ...up, group: "g" }, starting)).toEqual([]);
    expect(plan(down, starting)).toEqual(["interrupt"]);
    expect(plan(undefined, starting)).toEqual(["interrupt"]);
  });

  test("other limits of hooks are taken without a restart", () => {
    expect(plan({ ...up, hookSettings: { init: { timeout: 5 } } }, running(up))).toEqual(["update"]);
  });

  test("waiting out a back-off", () => {
    expect(plan(up, waiting(NOW + 1))).toEqual(["wait"]);
    expect(plan(up, waiting(NOW))).toEqual(["start"]);
    expect(plan(down, waiting(NOW + 1))).toEqual(["forget"]);
    expect(plan(undefined, waiting(NOW + 1))).toEqual(["forget"]);
  });

  test("a corrected spec does not wait", () => {
    expect(plan({ ...up, group: "g" }, waiting(NOW + 1))).toEqual(["start"]);
  });
});

describe("what a difference means (services.md §2.1, §27)", () => {
  const restarting: Partial<ServiceSpec>[] = [
    { group: "g" },
    { topology: "leader" },
    { binds: [parseBind("a:b.c")] },
    { bindingMode: "relaxed" },
    { configFrom: "/x" },
    { shutdownTimeoutSeconds: 1 },
    { svcEncryptedPassword: "x" },
    { healthCheckInterval: { secs: 1n, nanos: 0 } },
  ];
  for (const change of restarting) {
    test(`${Object.keys(change)} restarts`, () => {
      expect(compareSpecs(up, { ...up, ...change })).toBe("restart");
    });
  }

  const updating: Partial<ServiceSpec>[] = [
    { bldrUrl: "http://x" },
    { channel: "c" },
    { updateStrategy: "at-once" },
    { updateCondition: "track-channel" },
  ];
  for (const change of updating) {
    test(`${Object.keys(change)} only restarts the updater`, () => {
      expect(compareSpecs(up, { ...up, ...change })).toBe("update");
    });
  }
});
