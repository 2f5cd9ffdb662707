// The layout of dependencies: who needs stands left, nothing lies on anything, and no input hangs it.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { layOut, nextNode } from "./layout.ts";

const edges = (nodeCount: number) =>
  fc.array(fc.tuple(fc.nat(nodeCount - 1), fc.nat(nodeCount - 1)), { maxLength: nodeCount * 4 });
const graphs = fc
  .integer({ min: 1, max: 60 })
  .chain((nodeCount) => fc.record({ nodeCount: fc.constant(nodeCount), edges: edges(nodeCount) }));

test("every line goes to the right, every place is taken once, also with circles", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { column, row, edges: drawn } = layOut(graph);
      for (const [from, to] of drawn) expect(column[from] ?? 0).toBeLessThan(column[to] ?? 0);
      const places = new Set(column.map((each, node) => `${each} ${row[node]}`));
      expect(places.size).toBe(graph.nodeCount);
    }),
  );
});

test("what a longer way says is not drawn", () => {
  const { edges: drawn } = layOut({
    nodeCount: 3,
    edges: [
      [0, 1],
      [1, 2],
      [0, 2],
    ],
  });
  expect(drawn).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test("a chain of 500 is laid out", () => {
  const chain = Array.from({ length: 499 }, (_, at) => [at, at + 1] as const);
  expect(layOut({ nodeCount: 500, edges: chain }).columns).toBe(500);
});

test("arrow keys follow the lines and the columns", () => {
  const layout = layOut({
    nodeCount: 4,
    edges: [
      [0, 1],
      [0, 2],
      [1, 3],
    ],
  });
  expect(nextNode(layout, 0, "ArrowRight")).toBe(1);
  expect(nextNode(layout, 1, "ArrowDown")).toBe(2);
  expect(nextNode(layout, 3, "ArrowLeft")).toBe(1);
  expect(nextNode(layout, 0, "ArrowLeft")).toBeUndefined();
});
