// Who is next to whom: from every member one gets to every other, whoever the members are (neighbours.ts).
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { original, record } from "./testing/records.ts";
import { only, Rig } from "./testing/rig.ts";

/** Each of these members, with all of them alive in its table. */
function ring(ids: readonly string[], originals: readonly string[] = []): Map<string, Rig> {
  const rigs = new Map<string, Rig>();
  for (const [seed, id] of ids.entries()) {
    const rig = new Rig({ id, seed: seed + 1 });
    for (const [n, other] of [...ids, ...originals].entries())
      if (other !== id)
        rig.state.members.set(other, {
          member: originals.includes(other) ? original(other, n) : record(other, n),
          health: "alive",
          since: 0,
        });
    rig.core.neighbours.stale = true;
    rig.now += 1000;
    rig.event({ kind: "timer", lateMs: 0 });
    rigs.set(id, rig);
  }
  return rigs;
}

const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 24 });

describe("in any ring", () => {
  test("every member pushes to at most five others, the ones beside it among them, and is watched by exactly one", () => {
    fc.assert(
      fc.property(ids, (all) => {
        const rigs = ring(all);
        const watched = [...rigs.values()].map(({ core }) => core.neighbours.watched);
        expect(new Set(watched).size).toBe(all.length);
        const into = new Map<string, number>();
        for (const [id, { core }] of rigs) {
          const { links } = core.neighbours;
          expect(links.size).toBe(Math.min(all.length - 1, links.size));
          expect(links.size).toBeLessThanOrEqual(5);
          expect(links.size).toBeGreaterThanOrEqual(Math.min(all.length - 1, 3));
          expect(links.has(core.neighbours.watched!)).toBe(true);
          expect(links.has(id)).toBe(false);
          for (const link of links) into.set(link, (into.get(link) ?? 0) + 1);
        }
        // The ones beside it push to each member, whomever the random links leave out.
        for (const id of all) expect(into.get(id) ?? 0).toBeGreaterThanOrEqual(Math.min(2, all.length - 1));
      }),
      { numRuns: 30 },
    );
  });

  test("a rumor gets from each member to all others", () => {
    fc.assert(
      fc.property(ids, (all) => {
        const rigs = ring(all);
        const first = all[0]!;
        const reached = new Set([first]);
        for (const id of reached) for (const link of rigs.get(id)!.core.neighbours.links) reached.add(link);
        expect(reached.size).toBe(all.length);
      }),
      { numRuns: 30 },
    );
  });

  test("every original member is served by two of ours where there are two", () => {
    fc.assert(
      fc.property(ids, fc.nat(23), (all, count) => {
        const own = all.slice(0, Math.max(1, all.length - count));
        const originals = all.slice(own.length);
        const rigs = ring(own, originals);
        for (const id of originals) {
          const servers = [...rigs.values()].filter(({ core }) => core.neighbours.served.has(id));
          expect(servers.length).toBe(Math.min(2, own.length));
        }
        for (const { core } of rigs.values())
          for (const id of originals) expect(core.neighbours.links.has(id)).toBe(false);
        const watched = [...rigs.values()].flatMap(({ core }) => core.neighbours.watchedOriginals);
        expect(new Set(watched).size).toBe(originals.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe("connections", () => {
  test("are asked for when a neighbour appears, and let go of when it is one no longer", () => {
    const rig = new Rig();
    expect(only(rig.tell(record("n", 1)), "link")).toMatchObject([{ to: "n" }]);
    expect(only(rig.tell(record("n", 1), "departed"), "unlink")).toEqual([{ kind: "unlink", to: "n" }]);
  });

  test("that broke are asked for again after a second", () => {
    const rig = new Rig();
    rig.tell(record("n", 1));
    rig.event({ kind: "link", to: "n", state: "closed" });
    expect(only(rig.wait(999), "link")).toEqual([]);
    expect(only(rig.wait(1), "link")).toMatchObject([{ to: "n" }]);
  });

  test("to a member of ours begin with who we are; to others not", () => {
    const rig = new Rig();
    rig.tell(record("n", 1));
    const [push] = only(rig.event({ kind: "link", to: "n", state: "up", own: true }), "push");
    expect(push).toMatchObject({ to: "n", messages: [{ kind: "hello", from: { id: "self" } }] });
    expect(rig.event({ kind: "link", to: "n", state: "up", own: false })).toEqual([]);
  });
});
