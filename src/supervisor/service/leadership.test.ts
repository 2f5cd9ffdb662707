import { describe, expect, test } from "bun:test";
import { Leadership } from "./leadership.ts";
import type { HookResult } from "./run-hook.ts";

const said = (lastLine: string, code = 0): HookResult => ({
  exit: { kind: "code", code },
  lastLine,
  seconds: 0,
});

function candidate(answers: readonly HookResult[] | undefined) {
  const log: string[] = [];
  const life = new AbortController();
  let asked = 0;
  const leadership = new Leadership({
    intervalMs: 1_000_000,
    signal: life.signal,
    suitability:
      answers === undefined
        ? undefined
        : async () => answers[Math.min(asked++, answers.length - 1)] as HookResult,
    elect: (suitability) => log.push(`elect ${suitability}`),
    changed: (suitability) => log.push(`changed ${suitability}`),
    say: (content) => log.push(content),
  });
  return { leadership, log, life, asked: () => asked };
}

describe("what the suitability hook says", () => {
  test.each([
    [said("10"), "elect 10"],
    [said("  10 "), "elect 10"],
    [said("18446744073709551615"), "elect 18446744073709551615"],
    [said("18446744073709551616"), "elect 0"],
    [said("-1"), "elect 0"],
    [said("ten"), "elect 0"],
    [said("10", 1), "elect 0"],
    [{ exit: { kind: "signal", signal: "SIGKILL" }, lastLine: "10", seconds: 0 } as HookResult, "elect 0"],
  ])("%j", async (answer, expected) => {
    const { leadership, log, life } = candidate([answer]);
    await leadership.stand();
    life.abort();
    expect(log).toEqual([expected]);
  });

  test("is 0 without a hook", async () => {
    const { leadership, log } = candidate(undefined);
    await leadership.stand();
    expect(log).toEqual(["elect 0"]);
  });

  test("is asked for once before the first election, and again when another one is on", async () => {
    const { leadership, log, life, asked } = candidate([said("1"), said("1"), said("2")]);
    await leadership.stand();
    await leadership.stand();
    expect(asked()).toBe(1);
    expect(leadership.mayAct("ElectionFinished")).toBe(true);
    leadership.mayAct("ElectionInProgress");
    await Bun.sleep(0);
    leadership.mayAct("ElectionFinished");
    leadership.mayAct("ElectionNoQuorum");
    await Bun.sleep(0);
    life.abort();
    expect(log).toEqual([
      "elect 1",
      "Waiting to execute hooks; election in progress.",
      "Waiting to execute hooks; election in progress, and we have no quorum.",
      "changed 2",
    ]);
  });

  test("is told to nobody once the service has stopped", async () => {
    const { leadership, log, life } = candidate([said("1")]);
    const standing = leadership.stand();
    life.abort();
    await standing;
    expect(log).toEqual([]);
  });
});

test("hooks run only while the election is finished; each wait is told once", () => {
  const { leadership, log } = candidate(undefined);
  expect(leadership.mayAct("ElectionInProgress")).toBe(false);
  expect(leadership.mayAct("ElectionInProgress")).toBe(false);
  expect(leadership.mayAct("ElectionFinished")).toBe(true);
  expect(log).toEqual(["Waiting to execute hooks; election in progress."]);
});
