// A seed reproduces a run exactly, and another seed makes another one.
import { describe, expect, test } from "bun:test";
import { MACHINES, SIZES } from "../../src/ring/sim/machines.ts";
import { seededRandom } from "../../src/ring/sim/random.ts";
import { scenarioNamed } from "../../src/ring/sim/scenarios/index.ts";
import { type Report, simulate } from "../../src/ring/sim/simulate.ts";

function run(seed: number, scenario: string, originals = 0): Report {
  return simulate({
    seed,
    scenario: scenarioNamed(scenario)!,
    members: 5,
    originals,
    machines: MACHINES,
    sizes: SIZES,
  });
}

describe("a run", () => {
  test.each([
    ["chaos", 0],
    ["partition", 0],
    ["mixed", 2],
  ])("of %s with %i originals is the same again with the same seed", (scenario, originals) => {
    expect(run(7, scenario, originals)).toEqual(run(7, scenario, originals));
  });

  test("is another with another seed", () => {
    expect(run(7, "chaos").fingerprint).not.toBe(run(8, "chaos").fingerprint);
  });

  test("differs when a machine draws from elsewhere than its seed", () => {
    // What makes a run differ from itself is seen in the fingerprint.
    const unseeded = (): string =>
      simulate({
        seed: 7,
        members: 5,
        machines: { own: (options) => MACHINES.own({ ...options, random: Math.random }) },
      }).fingerprint;
    expect(unseeded()).not.toBe(unseeded());
  });
});

describe("the pace", () => {
  test("is that of the median virtual second of a ring that is up; without a clock there is none", () => {
    // Each look at the clock is 20 ms after the last: a virtual second takes 20 ms.
    let looks = 0;
    const timed = simulate({
      seed: 7,
      scenario: scenarioNamed("idle")!,
      members: 3,
      machines: MACHINES,
      realMs: () => 20 * looks++,
    });
    expect(timed.pace).toMatchObject({ virtualPerReal: 50 });
    expect(timed.pace!.seconds).toBeGreaterThan(60);
    const { pace: _, ...rest } = timed;
    expect(simulate({ seed: 7, scenario: scenarioNamed("idle")!, members: 3, machines: MACHINES })).toEqual(
      rest,
    );
  });
});

describe("random numbers", () => {
  test("are spread evenly, and differ by seed and stream", () => {
    const random = seededRandom(1);
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw++) {
      const slot = Math.floor(random() * 10);
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const firsts = [seededRandom(1), seededRandom(2), seededRandom(2 ** 32 + 1), seededRandom(1, 1)].map(
      (next) => next(),
    );
    expect(new Set(firsts).size).toBe(4);
  });
});
