import { describe, expect, test } from "bun:test";
import { parseFullIdent, parseIdent } from "../../package/index.ts";
import type { CensusGroup, CensusMember } from "../census/census.ts";
import { defaultSpec, type UpdateStrategy } from "../spec/spec.ts";
import { nextUpdateStep, updatePeriodMs } from "./update.ts";

const PACKAGE = "core/redis/1.0.0/20260101000000";
const NEWER = "core/redis/2.0.0/20260201000000";

const member = (memberId: string, pkgIncarnation: bigint, pkg = PACKAGE) =>
  ({ memberId, pkgIncarnation, package: pkg, health: "alive" }) as CensusMember;

function group(updateLeaderId: string | undefined, pkgIncarnation: bigint, ...members: CensusMember[]) {
  const population = new Map(members.map((each) => [each.memberId, each]));
  return { updateLeaderId, pkgIncarnation, population } as unknown as CensusGroup;
}

const step = (updateStrategy: UpdateStrategy, census: CensusGroup | undefined) =>
  nextUpdateStep({
    spec: { ...defaultSpec(parseIdent("core/redis")), updateStrategy },
    running: parseFullIdent(PACKAGE),
    memberId: "b",
    group: census,
  });

describe("strategies (services.md §15.3)", () => {
  test("none waits for ever, at-once polls", () => {
    expect(step("none", undefined)).toEqual({ kind: "wait" });
    expect(step("at-once", undefined)).toEqual({
      kind: "poll",
      ident: parseIdent("core/redis"),
      pkgIncarnation: undefined,
    });
  });

  test("rolling: a lone member leads itself", () => {
    expect(step("rolling", group(undefined, 3n, member("b", 3n)))).toMatchObject({
      kind: "poll",
      pkgIncarnation: 4n,
    });
  });

  test("rolling: the update leader polls, followers wait for their turn and take the leader's package", () => {
    const before = group("a", 0n, member("a", 0n), member("b", 0n), member("c", 0n));
    expect(step("rolling", before)).toEqual({ kind: "wait" });
    const led = group("a", 1n, member("a", 1n, NEWER), member("b", 0n), member("c", 0n));
    expect(step("rolling", led)).toEqual({
      kind: "follow",
      ident: parseFullIdent(NEWER),
      pkgIncarnation: 1n,
    });
    const notYet = group("c", 1n, member("a", 0n), member("b", 0n), member("c", 1n, NEWER));
    expect(step("rolling", notYet)).toEqual({ kind: "wait" });
    expect(step("rolling", group("b", 0n, member("a", 0n), member("b", 0n)))).toMatchObject({ kind: "poll" });
  });
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
