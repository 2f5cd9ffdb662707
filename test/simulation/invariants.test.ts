// Every invariant bites: a member that breaks a rule is caught by that rule, and a correct one by none.
import { describe, expect, test } from "bun:test";
import type { Rule } from "../../src/ring/sim/invariants.ts";
import { MACHINES, SIZES } from "../../src/ring/sim/machines.ts";
import { scenarioNamed } from "../../src/ring/sim/scenarios/index.ts";
import { type Report, simulate } from "../../src/ring/sim/simulate.ts";
import { mutants } from "./mutants.ts";

const MEMBERS = 5;

/** A ring in which the first member of ours to start misbehaves. */
function run(
  mutant: keyof typeof mutants | undefined,
  scenario: string,
  { members = MEMBERS, originals = 0 } = {},
): Report {
  const make = MACHINES.own;
  let culprit: string | undefined;
  const wrong = mutant === undefined ? make : mutants[mutant](make);
  return simulate({
    seed: 1,
    scenario: scenarioNamed(scenario)!,
    members,
    originals,
    sizes: SIZES,
    machines: {
      ...MACHINES,
      own(options) {
        culprit ??= options.state.self;
        return options.state.self === culprit ? wrong(options) : make(options);
      },
    },
  });
}

describe("a member that breaks a rule is caught", () => {
  const cases: readonly (readonly [mutant: keyof typeof mutants, scenario: string, rule: Rule])[] = [
    ["incarnationFalls", "idle", "incarnation"],
    ["incarnationOfOthers", "idle", "incarnation"],
    ["termFalls", "idle", "term"],
    ["storeGrows", "idle", "bounded"],
    ["booksGrow", "idle", "bounded"],
    ["serviceReturns", "leave", "tombstone"],
    ["memberReturns", "leave", "tombstone"],
    ["deathInvented", "idle", "confirmed"],
    ["deniesDeath", "crash", "views"],
    ["configurationIgnored", "rumor", "rumors"],
    ["leadsItself", "idle", "leader"],
    ["throws", "idle", "behaviour"],
    ["turnsInCircles", "idle", "behaviour"],
    ["neverStopsTalking", "idle", "behaviour"],
    ["speaksTooLong", "idle", "behaviour"],
  ];

  test.each(cases)(
    "%s in %s breaks the rule %s",
    (mutant, scenario, rule) => {
      const { violations, ok } = run(mutant, scenario);
      expect(ok).toBe(false);
      expect(violations.map((violation) => violation.rule)).toContain(rule);
    },
    180_000,
  );
});

describe("originals are harmed", () => {
  const ring = { members: 7, originals: 3 };

  test.each([
    ["tellsOfStrangeLeader", "crash: main: No leader with finished election"],
    ["tellsOfUnreadableAddress", "crash: outbound: Cannot parse the address"],
    ["asksOriginals", "message: unknown type want"],
  ] as const)("by a member of ours that %s: it is blamed", (mutant, what) => {
    const { violations, story } = run(mutant, "idle", ring);
    const harms = violations.filter(({ rule }) => rule === "harm");
    expect(harms.map(({ text }) => text).join()).toContain(what);
    if (!what.startsWith("crash: main")) return;
    // Its launcher starts the Supervisor again.
    expect(story.some(({ text }) => / starts again/.test(text))).toBe(true);
  });
});

describe("a correct member is not blamed", () => {
  test.each(["idle", "leave", "rumor", "flapping", "leader-crash"])("in %s", (scenario) => {
    expect(run(undefined, scenario).violations).toEqual([]);
  });
});
