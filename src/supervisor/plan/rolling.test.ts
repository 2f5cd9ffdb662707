import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseIdent } from "../../package/index.ts";
import type { CensusGroup } from "../census/census.ts";
import { defaultSpec, type ServiceSpec } from "../spec/spec.ts";
import { holdsUp, updateSuitability } from "./rolling.ts";
import { PERIOD_MS, release, SimulatedGroup } from "./testing/group.ts";

const [ONE, TWO, THREE] = [release(1), release(2), release(3)];

/** Reproducible, and the same for every test. */
function draw(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Members a, b, c, … on release 1, the last of which leads. */
function group(size: number, seed = 1, spec: ConstructorParameters<typeof SimulatedGroup>[0]["spec"] = {}) {
  const made = new SimulatedGroup({ random: draw(seed), spec });
  made.head = ONE;
  for (const id of "abcdefgh".slice(0, size)) made.add(id, ONE);
  made.run(2 * PERIOD_MS);
  return made;
}

describe("a release that is promoted", () => {
  test("goes from the leader to the others in the order of ids, one at a time", () => {
    const made = group(5);
    expect(made.leader).toBe("e");
    made.head = TWO;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
    expect(made.changes).toEqual(["e 2", "a 2", "b 2", "c 2", "d 2"]);
    expect(made.mostDown).toBe(1);
  });

  test("is taken by a member that is alone", () => {
    const made = group(1);
    made.head = TWO;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
  });

  test("and demoted again is left by all; with the condition latest it stays", () => {
    for (const [updateCondition, last] of [
      ["track-channel", ONE],
      ["latest", TWO],
    ] as const) {
      const made = group(3, 1, { updateCondition });
      made.head = TWO;
      made.until(() => made.allOn(TWO));
      made.head = ONE;
      made.run(10 * PERIOD_MS);
      expect(made.allOn(last)).toBe(true);
      expect(made.mostDown).toBe(1);
    }
  });

  test("changes nothing once all run it: nobody tells anything any more", () => {
    const made = group(4);
    made.head = TWO;
    made.until(() => made.allOn(TWO));
    made.run(2 * PERIOD_MS);
    const told = made.alive().map(({ own }) => own.incarnation);
    made.run(10 * PERIOD_MS);
    expect(made.alive().map(({ own }) => own.incarnation)).toEqual(told);
    expect(made.alive().map(({ own }) => own.pkgIncarnation)).toEqual([1n, 1n, 1n, 1n]);
    expect(made.alive().map(({ id }) => made.problem(id))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("in the middle of an update", () => {
  /** Release 2 on the leader and the first follower, the second one about to go. */
  function midway(size = 5, seed = 1) {
    const made = group(size, seed);
    made.head = TWO;
    if (!made.until(() => made.changes.length === 3)) throw new Error("no update");
    return made;
  }

  test("a demotion stops it: those who have not changed do not, the others go back", () => {
    const made = midway();
    made.head = ONE;
    expect(made.until(() => made.allOn(ONE) && made.changes.length >= 6)).toBe(true);
    made.run(5 * PERIOD_MS);
    expect(made.allOn(ONE)).toBe(true);
    expect(made.changes.filter((change) => change.endsWith("2")).length).toBeLessThan(5);
    expect(made.mostDown).toBe(1);
    made.head = THREE;
    expect(made.until(() => made.allOn(THREE))).toBe(true);
    expect(made.mostDown).toBe(1);
  });

  test("a better release takes the place of it: nobody else takes the one between", () => {
    const made = midway();
    made.head = THREE;
    expect(made.until(() => made.allOn(THREE))).toBe(true);
    expect(made.mostDown).toBe(1);
  });

  for (const victim of ["e", "a", "b", "c", "d"])
    test(`${victim} dies: the others end on the wanted release, and so does it when it is back`, () => {
      for (const wanted of [ONE, TWO, THREE]) {
        const made = midway();
        made.kill(victim);
        made.head = wanted;
        expect(made.until(() => made.allOn(wanted))).toBe(true);
        made.run(3 * PERIOD_MS);
        made.revive(victim);
        made.run(3 * PERIOD_MS);
        expect(made.until(() => made.allOn(wanted))).toBe(true);
        made.run(5 * PERIOD_MS);
        expect(made.allOn(wanted)).toBe(true);
        expect(made.mostDown).toBe(1);
      }
    });

  test("with the condition latest, a new leader finishes what was demoted meanwhile", () => {
    const made = group(5, 1, { updateCondition: "latest" });
    made.head = TWO;
    made.until(() => made.changes.length === 3);
    made.kill("e");
    made.head = ONE;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
    expect(made.mostDown).toBe(1);
  });
});

describe("a member that joins", () => {
  test("with an old release is taken along, whoever leads then", () => {
    const made = group(3);
    made.head = TWO;
    made.until(() => made.allOn(TWO));
    for (const id of ["bb", "z"]) {
      made.add(id, ONE);
      expect(made.until(() => made.allOn(TWO))).toBe(true);
    }
    made.kill("c");
    made.head = THREE;
    expect(made.until(() => made.allOn(THREE))).toBe(true);
    expect(made.changes.slice(5).some((change) => change.endsWith("1"))).toBe(false);
  });

  test("with an old release in the place of a dead leader: both go to the new one (quorum was lost)", () => {
    const made = group(2);
    made.head = TWO;
    made.until(() => made.allOn(TWO));
    made.kill("b");
    made.run(2 * PERIOD_MS);
    made.head = THREE;
    made.add("z", ONE);
    expect(made.until(() => made.allOn(THREE))).toBe(true);
    made.run(5 * PERIOD_MS);
    expect(made.allOn(THREE)).toBe(true);
    expect(made.changes).not.toContain("a 1");
  });

  test("before the first update ever, with another release, too", () => {
    const made = group(2);
    made.add("aa", THREE);
    expect(made.until(() => made.allOn(ONE))).toBe(true);
  });
});

describe("what goes wrong is said, and there is a way out", () => {
  const STUCK_MS = 4 * PERIOD_MS;

  test("a release that does not stay up stops at the leader; demoted, the group is whole again", () => {
    const made = group(4);
    made.crashing.add("acme/app/2.0.0/20260101000000");
    made.head = TWO;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 1", "b 1", "c 1", "d 2 down"]);
    expect(made.problem("d")).toContain("does not stay up");
    expect(made.problem("a")).toContain("waits for the update leader d");
    made.head = ONE;
    expect(made.until(() => made.allOn(ONE))).toBe(true);
    made.run(2 * PERIOD_MS);
    expect(made.alive().flatMap(({ id }) => made.problem(id) ?? [])).toEqual([]);
    expect(made.mostDown).toBe(1);
  });

  test("a release of which no service can be made takes none down", () => {
    const made = group(3);
    made.unusable.add("acme/app/2.0.0/20260101000000");
    made.head = TWO;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 1", "b 1", "c 1"]);
    expect(made.problem("c")).toContain("cannot be updated to acme/app/2.0.0/20260101000000");
    expect(made.mostDown).toBe(0);
    made.head = THREE;
    expect(made.until(() => made.allOn(THREE))).toBe(true);
    expect(made.problem("c")).toBeUndefined();
  });

  test("a member that does not update holds up those after it; all know whom they wait for", () => {
    const made = group(4);
    made.add("bb", ONE, { updateStrategy: "none" });
    made.head = TWO;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 2", "b 2", "bb 1", "c 1", "d 2"]);
    for (const id of ["a", "c", "d"]) expect(made.problem(id)).toContain("waits for bb at 10.0.0.1");
    made.depart("bb");
    expect(made.until(() => made.allOn(TWO))).toBe(true);
  });

  test("a leader that lost its followers' quorum goes on; without a leader, nobody does, and says so", () => {
    const made = group(3);
    made.kill("c");
    made.kill("b");
    made.head = TWO;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 1"]);
    expect(made.problem("a")).toBeUndefined();
    made.depart("b");
    made.depart("c");
    expect(made.until(() => made.allOn(TWO))).toBe(true);
  });

  test("a depot that is away is said at the leader, and nothing changes", () => {
    const made = group(3);
    made.head = TWO;
    made.depotIsThere = false;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 1", "b 1", "c 1"]);
    expect(made.problem("c")).toBe("cannot look for updates: the depot does not answer");
    made.depotIsThere = true;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
  });

  test("a member that may run only some releases keeps its own", () => {
    const made = group(2);
    made.add("aa", ONE, { ident: { origin: "acme", name: "app", version: "1.0.0" } });
    made.head = TWO;
    made.run(STUCK_MS);
    expect(made.releases()).toEqual(["a 2", "aa 1", "b 2"]);
    expect(made.problem("aa")).toContain("is not a release of acme/app/1.0.0");
  });
});

describe("who leads the update (butterfly.md §13.1)", () => {
  const suitability = (spec: Partial<ServiceSpec>, leaderId?: string) =>
    updateSuitability({ ...defaultSpec(parseIdent("acme/app")), ...spec }, "me", {
      leaderId,
      population: new Map(
        ["another", "me", "x"].map((memberId) => [memberId, { memberId, health: "alive" }]),
      ),
    } as unknown as CensusGroup);

  test("only who has the strategy stands, and before those who merely vote", () => {
    expect(suitability({ updateStrategy: "at-once" })).toBeUndefined();
    expect(suitability({ updateStrategy: "rolling" })).toBe(1n);
  });

  test("the leader of a leader topology last: nobody stands before it is known", () => {
    const spec = { updateStrategy: "rolling", topology: "leader" } as const;
    expect(suitability(spec)).toBeUndefined();
    expect(suitability(spec, "another")).toBe(2n ** 64n - 1n);
    // The order goes from `another` to the one behind it, and comes to it last.
    expect(suitability(spec, "x")).toBe(2n ** 64n - 2n);
    expect(suitability(spec, "me")).toBe(1n);
  });
});

describe("a group of leader topology", () => {
  const led = (leader: string) => {
    const made = group(5, 1, { topology: "leader" });
    made.serviceLeader = leader;
    made.run(2 * PERIOD_MS);
    return made;
  };

  test.each([
    ["a", ["b 2", "c 2", "d 2", "e 2", "a 2"]],
    ["c", ["d 2", "e 2", "a 2", "b 2", "c 2"]],
    ["e", ["a 2", "b 2", "c 2", "d 2", "e 2"]],
  ])("changes its leader %s last", (leader, order) => {
    const made = led(leader);
    made.head = TWO;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
    expect(made.changes).toEqual(order);
    expect(made.mostDown).toBe(1);
  });

  test("has another member lead its updates when another one is its leader", () => {
    const made = led("c");
    expect(made.leader).toBe("d");
    made.serviceLeader = "d";
    made.run(2 * PERIOD_MS);
    expect(made.leader).toBe("e");
    made.head = TWO;
    expect(made.until(() => made.allOn(TWO))).toBe(true);
    expect(made.changes.at(-1)).toBe("d 2");
    expect(made.mostDown).toBe(1);
  });

  test("goes on as it began when its leader is another one in the middle of an update", () => {
    const made = led("c");
    made.head = TWO;
    if (!made.until(() => made.changes.length === 2)) throw new Error("no update");
    made.serviceLeader = "a";
    expect(made.until(() => made.allOn(TWO))).toBe(true);
    expect(made.changes).toEqual(["d 2", "e 2", "a 2", "b 2", "c 2"]);
    made.run(5 * PERIOD_MS);
    expect(made.leader).toBe("b");
    expect(made.mostDown).toBe(1);
  });

  test("is led once more by who gave it up, where the one who should cannot, and asks no more", () => {
    const made = group(3, 1, { topology: "leader" });
    made.add("d", ONE, { updateStrategy: "none" });
    made.serviceLeader = "c";
    made.run(5 * PERIOD_MS);
    const { leader } = made;
    expect(["a", "b"]).toContain(leader as string);
    made.run(20 * PERIOD_MS);
    expect(made.leader).toBe(leader);
  });
});

test("a member that does not take part knows when the others wait for it", () => {
  const member = (memberId: string, pkgIncarnation: bigint) => ({
    memberId,
    pkgIncarnation,
    health: "alive",
  });
  const census = (own: bigint) =>
    ({
      pkgIncarnation: 2n,
      updateLeaderId: "b",
      population: new Map([member("a", own), member("b", 2n)].map((each) => [each.memberId, each])),
    }) as unknown as CensusGroup;
  const spec = defaultSpec(parseIdent("acme/app"));
  expect(holdsUp(spec, "a", census(1n))).toBe(true);
  expect(holdsUp(spec, "a", census(2n))).toBe(false);
  expect(holdsUp({ ...spec, updateStrategy: "rolling" }, "a", census(1n))).toBe(false);
  expect(holdsUp(spec, "a", undefined)).toBe(false);
});

test("whatever happens in whatever order, all end on the wanted release, and never are two down at once", () => {
  const event = fc.record({
    kind: fc.constantFrom("promote", "promote", "kill", "revive", "join"),
    which: fc.nat(6),
    after: fc.nat(8_000),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1 }),
      fc.integer({ min: 3, max: 6 }),
      fc.array(event, { maxLength: 8 }),
      (seed, size, events) => {
        const made = group(size, seed);
        for (const { kind, which, after } of events) {
          made.run(after);
          const ids = [...made.members.keys()];
          const id = ids[which % ids.length] as string;
          const dead = ids.filter((each) => !made.member(each).isAlive);
          if (kind === "promote") made.head = release(1 + (which % 3));
          // One at a time may be dead: with more there is no quorum.
          if (kind === "kill" && dead.length === 0) made.kill(id);
          if (kind === "revive" && dead[0] !== undefined) made.revive(dead[0]);
          if (kind === "join" && ids.length < 8)
            made.add(`${id}${which}${ids.length}`, release(1 + (which % 2)));
        }
        const wanted = made.head;
        if (wanted === undefined) throw new Error("no head");
        expect(made.until(() => made.allOn(wanted), 300_000)).toBe(true);
        made.run(4 * PERIOD_MS);
        expect(made.releases()).toEqual(
          made.releases().map((text) => text.replace(/ .*/, ` ${wanted.version[0]}`)),
        );
        expect(made.mostDown).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 60, seed: 20260101 },
  );
}, 30_000);
