// Every invariant bites: a member that breaks a rule is caught by that rule, and a correct one by none.
import { describe, expect, test } from "bun:test";
import type { Rule } from "../../src/ring/sim/invariants.ts";
import { MACHINES, SIZES } from "../../src/ring/sim/machines.ts";
import { scenarioNamed } from "../../src/ring/sim/scenarios/index.ts";
import { type Report, simulate } from "../../src/ring/sim/simulate.ts";
import { mutants } from "./mutants.ts";

const MEMBERS = 5;

/** A ring in which the member with the first id misbehaves. */
function run(mutant: keyof typeof mutants | undefined, scenario: string): Report {
  const make = MACHINES.own;
  let culprit: string | undefined;
  const wrong = mutant === undefined ? make : mutants[mutant](make);
  return simulate({
    seed: 1,
    scenario: scenarioNamed(scenario)!,
    members: MEMBERS,
    sizes: SIZES,
    machines: {
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
    ["serviceReturns", "leave", "tombstone"],
    ["memberReturns", "leave", "tombstone"],
    ["deathInvented", "idle", "confirmed"],
    ["deniesDeath", "crash", "views"],
    ["configurationIgnored", "rumor", "rumors"],
    ["leadsItself", "idle", "leader"],
    ["throws", "idle", "behaviour"],
    ["turnsInCircles", "idle", "behaviour"],
    ["speaksTooLong", "idle", "behaviour"],
  ];

  test.each(cases)("%s in %s breaks the rule %s", (mutant, scenario, rule) => {
    const { violations, ok } = run(mutant, scenario);
    expect(ok).toBe(false);
    expect(violations.map((violation) => violation.rule)).toContain(rule);
  });
});

describe("a correct member is not blamed", () => {
  test.each(["idle", "leave", "rumor", "flapping", "leader-crash"])("in %s", (scenario) => {
    expect(run(undefined, scenario).violations).toEqual([]);
  });
});
