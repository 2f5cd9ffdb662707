// Elections that come to an end, whatever happens meanwhile (elect.ts; reference/butterfly.md §13, §19.10, §19.11).
import { describe, expect, test } from "bun:test";
import { GROUP_LIMIT, VOTE_LIMIT } from "./limits.ts";
import { original, record, serviceOf } from "./testing/records.ts";
import { only, pushedTo, Rig } from "./testing/rig.ts";
import { SmallRing } from "./testing/small-ring.ts";

const GROUP = "g.default";
const PATIENCE_MS = 20_000;

/** A ring in which all run the service and want a leader; it has one. */
function group(ids: readonly string[], options: ConstructorParameters<typeof SmallRing>[1] = {}): SmallRing {
  const ring = new SmallRing(ids, options);
  for (const { id } of ring.places) {
    ring.announceService(id);
    ring.elect(id);
  }
  return ring;
}

const others = (ring: SmallRing, id: string) =>
  ring.living.map((place) => place.id).filter((one) => one !== id);
const all = (ring: SmallRing) => ring.living.map(({ id }) => id);
const leads = (ring: SmallRing, ids = all(ring), within = PATIENCE_MS): string | undefined =>
  ring.until(() => ring.leader(ids) !== undefined, within) ? ring.leader(ids) : undefined;
const cut = (ring: SmallRing, side: readonly string[]) => {
  ring.lost = (from, to) => side.includes(from) !== side.includes(to);
};

describe("what is told of an election", () => {
  const standing = (): Rig => {
    const rig = new Rig();
    rig.tell(record("n", 1));
    rig.tell(record("self", 0));
    rig.event({
      kind: "announce",
      rumor: { kind: "service", fromId: "self", value: serviceOf("self", GROUP) },
    });
    rig.service(serviceOf("n", GROUP));
    rig.wait(100);
    return rig;
  };
  const told = (effects: Parameters<typeof pushedTo>[0]) =>
    pushedTo(effects, "n").filter(({ kind }) => kind === "election").length;

  test("goes to all neighbours, also if a message of one of them comes just then", () => {
    const rig = standing();
    rig.event({ kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n });
    rig.now += 100; // held up: the timer is not looked at
    expect(told(rig.tell(record("x", 2), "alive", {}, "n"))).toBe(1);
  });

  test("waits longer for more votes where the process is late, but not for ever", () => {
    for (const [lateMs, pause] of [
      [0, 20],
      [50, 200],
      [5000, 500],
    ] as const) {
      const rig = standing();
      rig.event({ kind: "timer", lateMs });
      rig.event({ kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n });
      expect(rig.core.elections.sayAt - rig.now).toBe(pause);
    }
  });
});

describe("one leader, the same for all", () => {
  test.each([2, 3, 5, 10])("of %p members", (count) => {
    const ring = group(Array.from({ length: count }, (_, n) => `m${n}`));
    expect(leads(ring)).toBeDefined();
    const leader = ring.leader(all(ring));
    ring.wait(20_000);
    expect(ring.leader(all(ring))).toBe(leader!);
  });

  test("the most suitable one; among equals the one with the largest id", () => {
    const ring = new SmallRing(["a", "b", "c"]);
    for (const id of ["a", "b", "c"]) ring.announceService(id);
    ring.wait(3000);
    for (const [n, id] of ["b", "c", "a"].entries()) ring.elect(id, n === 0 ? 5n : 1n);
    expect(leads(ring)).toBe("b");
  });

  test("a single member leads nobody: it has no quorum", () => {
    const ring = group(["a"]);
    ring.wait(PATIENCE_MS);
    expect(ring.leaders(["a"])).toEqual([undefined]);
  });

  test("of an update, besides that of the group", () => {
    const ring = group(["a", "b", "c"]);
    leads(ring);
    for (const id of all(ring)) ring.elect(id, id === "a" ? 9n : 0n, "election-update");
    expect(ring.until(() => ring.leader(all(ring), "electionUpdates") === "a", PATIENCE_MS)).toBe(true);
    ring.crash("a");
    expect(
      ring.until(() => !["a", undefined].includes(ring.leader(all(ring), "electionUpdates")), 30_000),
    ).toBe(true);
  });
});

describe("when the leader is gone", () => {
  test("another one leads", () => {
    const ring = group(["a", "b", "c", "d", "e"]);
    const leader = leads(ring)!;
    ring.crash(leader);
    const rest = others(ring, leader);
    expect(ring.until(() => ![leader, undefined].includes(ring.leader(rest)), PATIENCE_MS)).toBe(true);
  });

  test("and comes back, it follows", () => {
    const ring = group(["a", "b", "c", "d", "e"]);
    const leader = leads(ring)!;
    ring.crash(leader);
    const rest = others(ring, leader);
    ring.until(() => ![leader, undefined].includes(ring.leader(rest)), PATIENCE_MS);
    const next = ring.leader(rest);
    ring.start(
      ring.place(leader),
      ring.places.findIndex(({ id }) => id === rest[0]),
      true,
    );
    ring.announceService(leader);
    ring.elect(leader);
    expect(ring.until(() => ring.leader(all(ring)) !== undefined, PATIENCE_MS)).toBe(true);
    ring.wait(10_000);
    expect(ring.leader(all(ring))).toBe(next!);
  });

  test("because its service stopped, another one leads, and the stopped one votes no longer", () => {
    const ring = group(["a", "b", "c"]);
    const leader = leads(ring)!;
    ring.event(leader, { kind: "withdraw", serviceGroup: GROUP });
    const rest = others(ring, leader);
    expect(ring.until(() => ![leader, undefined].includes(ring.leader(rest)), PATIENCE_MS)).toBe(true);
  });

  test("of two members nobody leads; when it is back, one does", () => {
    const ring = group(["a", "b"]);
    const leader = leads(ring)!;
    const [other] = others(ring, leader) as [string];
    ring.crash(leader);
    ring.wait(PATIENCE_MS);
    expect(ring.leaders([other])).toEqual([undefined]);
    ring.start(
      ring.place(leader),
      ring.places.findIndex(({ id }) => id === other),
      true,
    );
    ring.announceService(leader);
    ring.elect(leader);
    expect(leads(ring)).toBeDefined();
  });
});

describe("when the group is cut in two", () => {
  test("evenly: neither half has a leader in the end; together they have one again", () => {
    const ring = group(["a", "b", "c", "d"]);
    leads(ring);
    cut(ring, ["a", "b"]);
    ring.wait(40_000);
    expect(ring.leaders(all(ring))).toEqual([undefined, undefined, undefined, undefined]);
    ring.lost = () => false;
    expect(leads(ring, all(ring), 60_000)).toBeDefined();
  });

  test("the majority has a leader, which the minority follows afterwards", () => {
    const ring = group(["a", "b", "c", "d", "e"]);
    const leader = leads(ring)!;
    const [friend] = others(ring, leader) as [string];
    cut(ring, [leader, friend]);
    const majority = all(ring).filter((id) => id !== leader && id !== friend);
    ring.wait(40_000);
    const next = ring.leader(majority);
    expect(majority).toContain(next!);
    expect(ring.leaders([leader, friend])).toEqual([undefined, undefined]);
    ring.lost = () => false;
    expect(ring.until(() => ring.leader(all(ring)) !== undefined, 60_000)).toBe(true);
    expect(ring.leader(all(ring))).toBe(next!);
  });

  /** Cut off with a friend from the three who chose another leader; heard again by datagrams, by TCP only with a late vote. */
  const reunited = () => {
    const ring = group(["a", "b", "c", "d", "e"]);
    const leader = leads(ring)!;
    const [friend, ...majority] = others(ring, leader) as [string, string, string, string];
    cut(ring, [leader, friend]);
    const own = () => ring.state(leader).elections.get(GROUP)!;
    ring.until(() => own().status === "no-quorum" && ring.leader(majority) !== undefined, PATIENCE_MS);
    const next = ring.leader(majority)!;
    expect(ring.state(next).elections.get(GROUP)!.term).toBe(own().term);
    const cutOff = ring.lost;
    ring.lost = (from, to, what) => what === "push" && cutOff(from, to, what);
    ring.until(() => own().status !== "no-quorum", PATIENCE_MS);
    const value = { ...own(), candidate: next, suitability: 0n, votes: majority };
    ring.event(leader, {
      kind: "message",
      from: ring.place(next).host,
      by: next,
      message: { kind: "election", fromId: next, value },
    });
    return { ring, leader, own, next };
  };

  test("a vote that comes late does not make two leaders of one term", () => {
    const { ring, leader, own, next } = reunited();
    ring.wait(1000);
    expect(own()).toMatchObject({ candidate: leader, status: "running" });
    ring.lost = () => false;
    expect(ring.until(() => ring.leader(all(ring)) !== undefined, PATIENCE_MS)).toBe(true);
    expect(ring.leader(all(ring))).toBe(next);
  });

  test("who hears nothing of another leader leads on after a moment", () => {
    const { ring, leader, own } = reunited();
    ring.wait(2600);
    expect(own()).toMatchObject({ candidate: leader, status: "finished" });
  });
});

test("§19.11: a follower that missed an election, whose old leader lives but leads no longer, follows the new one", () => {
  const ring = group(["l", "f", "m", "n", "o"]);
  leads(ring);
  ring.event("l", { kind: "suitability", serviceGroup: GROUP, suitability: 9n });
  const leader = ring.leader(all(ring))!;
  const [follower, ...rest] = others(ring, leader) as [string, ...string[]];
  const at = (id: string) => ring.places.findIndex((place) => place.id === id);
  ring.crash(follower);
  ring.wait(15_000);
  ring.crash(leader);
  ring.until(() => ring.leader(rest) !== undefined && ring.leader(rest) !== leader, PATIENCE_MS);
  const next = ring.leader(rest)!;
  for (const id of [leader, follower]) {
    ring.start(ring.place(id), at(rest[0]!), true);
    ring.announceService(id);
    ring.elect(id);
    ring.wait(3000);
  }
  expect(ring.until(() => ring.leader(all(ring)) !== undefined, PATIENCE_MS)).toBe(true);
  expect(ring.leader(all(ring))).toBe(next);
});

test("after all were down at once, there is a leader again", () => {
  const ring = group(["a", "b", "c"]);
  leads(ring);
  for (const id of all(ring)) ring.crash(id);
  ring.wait(5000);
  for (const [n, place] of ring.places.entries()) {
    ring.start(place, (n + 1) % 3, true);
    ring.announceService(place.id);
    ring.elect(place.id);
  }
  expect(leads(ring)).toBeDefined();
  ring.wait(10_000);
  expect(ring.leader(all(ring))).toBeDefined();
});

test("a member that comes and goes does not keep the others from having a leader", () => {
  const ring = group(["a", "b", "c", "d", "e"]);
  const leader = leads(ring)!;
  const flapping = others(ring, leader)[0]!;
  const rest = others(ring, flapping);
  for (let times = 0; times < 8; times++) {
    ring.lost = (from, to) => from === flapping || to === flapping;
    ring.wait(4000);
    ring.lost = () => false;
    ring.wait(2000);
    expect(ring.leader(rest)).toBeDefined();
  }
});

test("another suitability counts in the next election, which can be asked for", () => {
  const ring = group(["a", "b", "c"]);
  const leader = leads(ring)!;
  const wanted = others(ring, leader)[0]!;
  ring.event(wanted, { kind: "suitability", serviceGroup: GROUP, suitability: 100n });
  ring.wait(5000);
  expect(ring.leader(all(ring))).toBe(leader);
  ring.event(wanted, { kind: "re-elect", serviceGroup: GROUP });
  const term = ring.state(wanted).elections.get(GROUP)!.term;
  expect(term).toBeGreaterThan(0n);
  expect(ring.until(() => ring.leader(all(ring)) !== undefined, PATIENCE_MS)).toBe(true);
});

describe("with original members", () => {
  test("there is one leader, whoever it is: an original candidate hears its own election until it has won", () => {
    for (const [ids, originals] of [
      [["a", "b"], ["z"]],
      [["z"], ["a", "b"]],
      [
        ["a", "z"],
        ["m", "n"],
      ],
    ] as const) {
      const ring = group(ids, { originals });
      expect(leads(ring, all(ring), 60_000)).toBeDefined();
    }
  });
});

describe("an original candidate that never comes to an end", () => {
  const termAfter = (candidateIsOriginal: boolean) => {
    const rig = new Rig();
    rig.core.probes.nextPeriodAt = Number.POSITIVE_INFINITY;
    rig.tell(record("self", 0));
    rig.tell(record("n", 1));
    rig.tell(candidateIsOriginal ? original("z", 2) : record("z", 2));
    rig.event({
      kind: "announce",
      rumor: { kind: "service", fromId: "self", value: serviceOf("self", GROUP) },
    });
    for (const id of ["n", "z"]) rig.service(serviceOf(id, GROUP));
    rig.event({ kind: "elect", election: "election", serviceGroup: GROUP, suitability: 0n });
    rig.elect({ candidate: "z", serviceGroup: GROUP, term: 0n, votes: ["z"] });
    const { candidate } = rig.state.elections.get(GROUP)!;
    rig.wait(12_500);
    return { candidate, next: rig.state.elections.get(GROUP)! };
  };

  test("is outdone in the next term by one of ours, for whom the votes of most are enough (§19.11)", () => {
    const { candidate, next } = termAfter(true);
    expect(candidate).toBe("z");
    expect(next).toMatchObject({ candidate: "self", term: 1n, suitability: 2n ** 64n - 1n });
  });

  test("one of ours is not: it has its own way out", () => {
    const { next } = termAfter(false);
    expect(next).toMatchObject({ term: 1n, suitability: 0n });
  });
});

describe("what others can make us hold", () => {
  test("elections of so many groups, and none that cannot be held or told on", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    for (let n = 0; n < GROUP_LIMIT; n++)
      rig.state.elections.set(`g${n}.x`, {
        serviceGroup: `g${n}.x`,
        candidate: "m",
        term: 0n,
        suitability: 0n,
        status: "running",
        votes: [],
      });
    const refused = (effects: Parameters<typeof only>[0]) =>
      only(effects, "note").filter(({ note }) => note.kind === "refused").length;
    expect(refused(rig.elect({ candidate: "m", serviceGroup: "one.more" }))).toBe(1);
    expect(refused(rig.elect({ candidate: "m", serviceGroup: "g1.x", votes: ["m"] }))).toBe(0);
    const votes = Array.from({ length: VOTE_LIMIT + 1 }, (_, n) => `v${n}`);
    expect(refused(rig.elect({ candidate: "m", serviceGroup: "g1.x", votes }))).toBe(1);
    expect(refused(rig.elect({ candidate: "m", serviceGroup: "g1.x", votes: ["x".repeat(1e6)] }))).toBe(1);
    expect(refused(rig.elect({ candidate: "m", serviceGroup: "g1.x", term: 2n ** 64n - 1n }))).toBe(1);
  });

  test("votes that gather from many messages are kept of known members", () => {
    const rig = new Rig();
    rig.tell(record("m", 1));
    for (let part = 0; part < 3; part++)
      rig.elect({
        candidate: "m",
        votes: ["m", ...Array.from({ length: VOTE_LIMIT - 1 }, (_, n) => `v${part} ${n}`)],
      });
    const { votes } = rig.state.elections.get(GROUP)!;
    expect(votes).toContain("m");
    expect(votes.length).toBeLessThanOrEqual(VOTE_LIMIT);
  });

  test("a stranger's election costs no term of ours, and no courier to nobody", () => {
    const rig = new Rig();
    rig.tell(record("self", 0));
    rig.tell(record("m", 1));
    rig.event({ kind: "announce", rumor: { kind: "service", fromId: "self", value: serviceOf("self") } });
    rig.elect({ candidate: "nobody", term: 3n }, "nobody");
    rig.elect({ candidate: "nobody", term: 1n }, "nobody");
    expect(rig.core.couriers.to.has("nobody")).toBe(false);
  });
});
