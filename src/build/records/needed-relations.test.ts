import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { neededRelations } from "./needed-relations.ts";

type Needs = ReadonlyMap<string, readonly string[]>;

function closure(needs: Needs, from: string): string[] {
  const seen = new Set<string>();
  const queue = [...(needs.get(from) ?? [])];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    queue.push(...(needs.get(next) ?? []));
  }
  return [...seen].sort();
}

const graph = fc
  .array(fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 12 }), { minLength: 1, maxLength: 40 })
  .map(
    (rows) =>
      new Map(rows.map((row, at) => [`p${at}`, row.filter((to) => to < rows.length).map((to) => `p${to}`)])),
  );

const acyclic = graph.map(
  (needs) =>
    new Map(
      [...needs].map(([name, row]) => [
        name,
        row.filter((to) => Number(to.slice(1)) < Number(name.slice(1))),
      ]),
    ),
);

describe("what a bill names of relations", () => {
  test("is what does not follow from others, in its order", () => {
    const needs = new Map([
      ["app", ["glibc", "tls", "zlib"]],
      ["tls", ["zlib", "glibc"]],
      ["zlib", ["glibc"]],
      ["glibc", []],
    ]);
    expect([...neededRelations(needs)].sort()).toEqual([
      ["app", ["tls"]],
      ["glibc", []],
      ["tls", ["zlib"]],
      ["zlib", ["glibc"]],
    ]);
  });

  test("leaves what can be reached as it was, circles too", () => {
    fc.assert(
      fc.property(graph, (needs) => {
        const reduced = neededRelations(needs);
        for (const name of needs.keys()) {
          const others = (all: readonly string[]) => all.filter((each) => each !== name);
          expect(others(closure(reduced, name))).toEqual(others(closure(needs, name)));
        }
      }),
    );
  });

  test("has nothing that could be left out, where there is no circle", () => {
    fc.assert(
      fc.property(acyclic, (needs) => {
        const reduced = neededRelations(needs);
        for (const [name, row] of reduced)
          for (const left of row) {
            const without = new Map([...reduced, [name, row.filter((each) => each !== left)]]);
            expect(closure(without, name)).not.toContain(left);
          }
      }),
    );
  });
});
