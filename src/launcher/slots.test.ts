import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  failed,
  lostGood,
  offered,
  offerProblem,
  pardoned,
  proved,
  readSlots,
  refused,
  type Slots,
  slotsText,
  trialBegun,
  trialRestarted,
} from "./slots.ts";
import { MAX_TRIAL_STARTS } from "./timing.ts";

const NOW = 1_800_000_000_000;
const own: Slots = { launcher: "/opt/hab", refused: [] };
const one = { name: "acme/hab-sup/1.0.0/1", path: "/hab/pkgs/acme/hab-sup/1.0.0/1/bin/hab" };
const two = { name: "acme/hab-sup/1.0.0/2", path: "/hab/pkgs/acme/hab-sup/1.0.0/2/bin/hab" };
const three = { name: "acme/hab-sup/1.0.0/3", path: "/hab/pkgs/acme/hab-sup/1.0.0/3/bin/hab" };

const onTrial = trialBegun(offered({ ...own, good: one }, two), NOW);

describe("a program that is offered", () => {
  test("is on trial, the good one stays where it is", () => {
    expect(offered({ ...own, good: one }, two)).toEqual({ ...own, good: one, trial: { ...two, starts: 0 } });
  });

  test("that is the good one needs no trial", () => {
    expect(offered({ ...own, good: one }, one)).toEqual({ ...own, good: one });
  });

  test("that was refused gets none, until it is pardoned", () => {
    const slots = failed(onTrial, "it hung", NOW);
    expect(offerProblem(slots, two.name)).toBe(`${two.name} was refused before: it hung`);
    expect(offerProblem(slots, three.name)).toBeUndefined();
    expect(offerProblem(pardoned(slots), two.name)).toBeUndefined();
  });

  test("while another is on trial waits", () => {
    expect(offerProblem(onTrial, three.name)).toBe(`${two.name} is on trial`);
    expect(offerProblem(onTrial, two.name)).toBeUndefined();
  });
});

describe("a trial", () => {
  test("that is passed makes the program the good one", () => {
    expect(proved(onTrial)).toEqual({ ...own, good: two });
  });

  test("that is failed leaves the good one, and is remembered", () => {
    expect(failed(onTrial, "it hung", NOW)).toEqual({
      ...own,
      good: one,
      refused: [{ name: two.name, reason: "it hung", atMs: NOW }],
    });
  });

  test("counts its starts, so that one which takes the machine down ends", () => {
    let slots = onTrial;
    for (const starts of [2, 3]) {
      slots = trialBegun(slots, NOW);
      expect(slots.trial?.starts).toBe(starts);
    }
    slots = trialBegun(slots, NOW);
    expect(slots.trial).toBeUndefined();
    expect(slots.refused[0]?.reason).toBe("it was started 3 times and never proved itself");
  });

  test("begins anew when the program served and was restarted", () => {
    expect(trialRestarted(trialBegun(onTrial, NOW)).trial?.starts).toBe(0);
  });
});

test("a good program that is gone leaves the launcher's own", () => {
  expect(lostGood({ ...own, good: one }, "it is gone", NOW)).toEqual({
    ...own,
    refused: [{ name: one.name, reason: "it is gone", atMs: NOW }],
  });
});

test("a refusal stands there once, and only so many are kept", () => {
  let slots: Slots = own;
  for (let number = 0; number < 30; number++) slots = refused(slots, `a/b/1/${number % 25}`, "x", number);
  expect(slots.refused).toHaveLength(20);
  expect(slots.refused.at(-1)).toEqual({ name: "a/b/1/4", reason: "x", atMs: 29 });
});

describe("what is on disk", () => {
  test("comes back", () => {
    const slots = refused(onTrial, three.name, "it hung", NOW);
    expect(readSlots(slotsText(slots), own.launcher)).toEqual(slots);
  });

  test("of another launcher's program: who replaced it chose what is to run; what was refused stays so", () => {
    const slots = refused(onTrial, three.name, "it hung", NOW);
    expect(readSlots(slotsText(slots), "/opt/other")).toEqual({
      launcher: "/opt/other",
      refused: slots.refused,
    });
  });

  test.each([
    undefined,
    "",
    "{",
    "[]",
    "null",
    '{"launcher":"/opt/hab","good":{"name":"x"},"trial":7,"refused":{}}',
    '{"launcher":"/opt/hab","good":{"name":"x","path":"bin/hab"},"trial":{"name":"x","path":"/x","starts":-1},"refused":[1,{"name":"x"}]}',
  ])("and of no use is as good as nothing: %j", (text) => {
    expect(readSlots(text, own.launcher)).toEqual(own);
  });
});

test("whatever happens in whatever order, and with power cut in between, there is a program to start", () => {
  const programs = [one, two, three];
  const event = fc.oneof(
    fc.record({ kind: fc.constant("offer" as const), which: fc.nat({ max: 2 }) }),
    fc.record({
      kind: fc.constantFrom("start", "prove", "fail", "restart", "lose", "pardon", "power" as const),
    }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let slots: Slots = own;
      for (const happened of events) {
        const before = slots;
        switch (happened.kind) {
          case "offer": {
            const program = programs[happened.which] as (typeof programs)[number];
            if (offerProblem(slots, program.name) === undefined) slots = offered(slots, program);
            break;
          }
          case "start":
            slots = trialBegun(slots, NOW);
            break;
          case "prove":
            slots = proved(slots);
            break;
          case "fail":
            slots = failed(slots, "x", NOW);
            break;
          case "restart":
            slots = trialRestarted(slots);
            break;
          case "lose":
            slots = lostGood(slots, "x", NOW);
            break;
          case "pardon":
            slots = pardoned(slots);
            break;
          case "power":
            slots = readSlots(slotsText(slots), own.launcher);
            expect(slots).toEqual(before);
        }
        const { trial, good, refused: list } = slots;
        // A trial is bounded, is of nothing that was refused, and never takes the place of the good one by itself.
        expect(trial?.starts ?? 0).toBeLessThanOrEqual(MAX_TRIAL_STARTS);
        expect(list.map((refusal) => refusal.name)).not.toContain(trial?.name);
        expect(trial === undefined || trial.path !== good?.path).toBe(true);
        if (happened.kind !== "prove" && happened.kind !== "lose") expect(good).toEqual(before.good);
      }
    }),
  );
});
