import { describe, expect, test } from "bun:test";
import type { ServiceProcess } from "../launcher/index.ts";
import { type TakingOver, untakenGroups } from "./take-over.ts";

const process = (group: string, more: Partial<ServiceProcess> = {}): ServiceProcess => ({
  group,
  pid: 7,
  startTime: 1,
  startedAt: 1,
  ...more,
});

const untaken = (processes: ServiceProcess[], states: Record<string, TakingOver[]>, patienceMs?: number) =>
  untakenGroups(
    { services: async () => processes },
    (group) => {
      const left = states[group] ?? [];
      return (left.length > 1 ? left.shift() : left[0]) ?? "unwanted";
    },
    patienceMs,
  );

describe("service processes that ran before this Supervisor", () => {
  test("none, or such as are not to run, are nobody to wait for", async () => {
    expect(await untaken([], {})).toEqual([]);
    expect(await untaken([process("a.default")], { "a.default": ["unwanted"] })).toEqual([]);
  });

  test("are waited for while they are being taken over", async () => {
    const states: Record<string, TakingOver[]> = {
      "a.default": ["under way", "under way", "done"],
      "b.default": ["done"],
    };
    expect(await untaken([process("a.default"), process("b.default")], states)).toEqual([]);
  });

  test("are named when that failed, or takes too long", async () => {
    const states: Record<string, TakingOver[]> = { "a.default": ["failed"], "b.default": ["under way"] };
    expect(await untaken([process("a.default")], states)).toEqual(["a.default"]);
    expect(await untaken([process("a.default"), process("b.default")], states, 30)).toEqual([
      "a.default",
      "b.default",
    ]);
  });

  test("that have ended meanwhile do not count", async () => {
    const ended = process("a.default", { exit: { code: 0, signal: null } });
    expect(await untaken([ended], { "a.default": ["under way"] })).toEqual([]);
  });
});
