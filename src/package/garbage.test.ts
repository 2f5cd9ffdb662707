import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { needsOf, planGarbage, type Release, type Root } from "./garbage.ts";
import { type FullIdent, formatIdent, parseFullIdent, parseIdent } from "./ident.ts";

function release(ident: string, ...deps: string[]): Release {
  return { ident: parseFullIdent(ident), deps: deps.map(parseFullIdent), tdeps: [] };
}

const APP1 = "acme/app/1/20260101000000";
const APP2 = "acme/app/2/20260101000000";
const LIB1 = "acme/lib/1/20260101000000";
const LIB2 = "acme/lib/2/20260101000000";
const BASE = "acme/base/1/20260101000000";
const WORLD = [
  release(BASE),
  release(LIB1, BASE),
  release(LIB2, BASE),
  release(APP1, LIB1),
  release(APP2, LIB2),
];

const going = (roots: Root[], all = false) => planGarbage(WORLD, roots, { all }).remove.map(formatIdent);

describe("what goes", () => {
  test("old releases and what only they need, dependents first", () => {
    expect(going([])).toEqual([APP1, LIB1]);
  });

  test("with all, everything that is no root", () => {
    expect(going([], true)).toHaveLength(5);
    expect(going([{ ident: parseIdent("acme/lib"), reason: "loaded" }], true)).toEqual([APP1, APP2, LIB1]);
  });

  test("a partial ident keeps its newest release, or every one", () => {
    const ident = parseIdent("acme/app");
    expect(going([{ ident, reason: "loaded" }], true)).toEqual([APP1, LIB1]);
    expect(going([{ ident, reason: "pinned", every: true }], true)).toEqual([]);
  });

  test("what stays says why", () => {
    const { keep } = planGarbage(WORLD, []);
    expect(keep.map(({ ident, reason }) => `${formatIdent(ident)} ${reason}`)).toEqual([
      `${APP2} newest`,
      `${BASE} needed`,
      `${LIB2} needed`,
    ]);
  });

  test("damaged metadata that forms a circle ends", () => {
    const circle = [release(APP1, LIB1), release(LIB1, APP1)];
    expect(planGarbage(circle, [], { all: true }).remove).toHaveLength(2);
  });
});

describe("whatever is installed", () => {
  const names = ["a", "b", "c"];
  const idents: FullIdent[] = names.flatMap((name) =>
    ["1", "2"].map((version) => ({ origin: "o", name, version, release: "20260101000000" })),
  );
  const anyIdent = fc.constantFrom(...idents);
  const someIdents = fc.uniqueArray(anyIdent, { selector: formatIdent });
  const worlds = someIdents.chain((installed) =>
    fc.tuple(
      ...installed.map((ident) =>
        fc.record({ ident: fc.constant(ident), deps: someIdents, tdeps: someIdents }),
      ),
    ),
  );
  const someRoots = fc.array(
    fc.record({
      ident: fc.oneof(
        anyIdent,
        fc.constantFrom(...names).map((name) => ({ origin: "o", name })),
      ),
      reason: fc.constantFrom("loaded" as const, "pinned" as const),
      every: fc.boolean(),
    }),
    { maxLength: 3 },
  );

  test("each release goes or stays, and nothing that stays loses a dependency it had", () => {
    fc.assert(
      fc.property(worlds, someRoots, fc.boolean(), (releases, roots, all) => {
        const plan = planGarbage(releases, roots, { all });
        const gone = new Set(plan.remove.map(formatIdent));
        const kept = new Set(plan.keep.map(({ ident }) => formatIdent(ident)));
        expect(gone.size + kept.size).toBe(releases.length);
        for (const each of releases) {
          expect(gone.has(formatIdent(each.ident))).not.toBe(kept.has(formatIdent(each.ident)));
          if (kept.has(formatIdent(each.ident)))
            for (const need of needsOf(each)) expect(gone.has(need)).toBe(false);
        }
        for (const { ident, every } of roots)
          if (every && "version" in ident) expect(gone.has(formatIdent(ident))).toBe(false);
      }),
    );
  });

  test("what is kept as needed is needed by something kept, up to a root", () => {
    fc.assert(
      fc.property(worlds, someRoots, (releases, roots) => {
        const { keep } = planGarbage(releases, roots, { all: true });
        const byIdent = new Map(keep.map((each) => [formatIdent(each.ident), each]));
        for (const start of keep) {
          let current: typeof start | undefined = start;
          for (let step = 0; current?.neededBy !== undefined && step <= keep.length; step++)
            current = byIdent.get(formatIdent(current.neededBy));
          expect(current?.reason).toBeOneOf(["loaded", "pinned"]);
        }
      }),
    );
  });

  test("where needs form no circle, dependents go first", () => {
    const acyclic = worlds.map((releases) =>
      releases.map((each) => {
        const lower = (dep: FullIdent) => formatIdent(dep) < formatIdent(each.ident);
        return { ...each, deps: each.deps.filter(lower), tdeps: each.tdeps.filter(lower) };
      }),
    );
    fc.assert(
      fc.property(acyclic, (releases) => {
        const order = planGarbage(releases, [], { all: true }).remove.map(formatIdent);
        for (const each of releases)
          for (const need of needsOf(each))
            if (order.includes(need))
              expect(order.indexOf(formatIdent(each.ident))).toBeLessThan(order.indexOf(need));
      }),
    );
  });
});
