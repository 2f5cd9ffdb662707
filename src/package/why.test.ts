import { describe, expect, test } from "bun:test";
import { DependencyGraph } from "./graph.ts";
import { parseFullIdent, parseIdent } from "./ident.ts";
import { allPaths, type DependencyPath, shortestPath } from "./why.ts";

const full = (name: string) =>
  parseFullIdent(`t/${name.replace(/\d*$/, "")}/1/${name.match(/\d+$/)?.[0] ?? "1"}`);
/** `a: b c` says that a needs b and c. */
function graphOf(...lines: string[]): DependencyGraph {
  const graph = new DependencyGraph();
  for (const line of lines) {
    const [from = "", deps = ""] = line.split(":");
    graph.add(full(from), deps.split(" ").filter(Boolean).map(full));
  }
  return graph;
}
const words = (path: DependencyPath | undefined) => path?.map((each) => each.name).join(" ");
const to = (name: string) => parseIdent(`t/${name}`);

describe("the shortest path", () => {
  const graph = graphOf("a: b c", "b: d", "c: e", "d: e", "e:", "f: a");
  test.each([
    ["a", "b", "a b"],
    ["a", "e", "a c e"],
    ["f", "e", "f a c e"],
    ["e", "a", undefined],
    ["a", "a", undefined],
    ["a", "unknown", undefined],
  ])("from %s to %s", (from, needed, path) => {
    expect(words(shortestPath(graph, full(from), to(needed)))).toBe(path as string);
  });

  test("goes through what is declared first", () => {
    expect(words(shortestPath(graphOf("a: b c", "b: d", "c: d"), full("a"), to("d")))).toBe("a b d");
  });

  test("a needed package need not be installed, and any release of it counts", () => {
    const path = shortestPath(graphOf("a: x2"), full("a"), to("x"));
    expect(path?.at(-1)?.release).toBe("2");
    expect(shortestPath(graphOf("a: x2"), full("a"), parseIdent("t/x/1/3"))).toBeUndefined();
  });

  test("ends in damaged circles", () => {
    expect(shortestPath(graphOf("a: b", "b: a"), full("a"), to("c"))).toBeUndefined();
  });
});

describe("all paths", () => {
  test("come shortest first, none through a package twice", () => {
    const graph = graphOf("a: b c e", "b: d a", "c: e", "d: e", "e:");
    const { paths, isCut } = allPaths(graph, full("a"), to("e"), 10);
    expect(paths.map(words)).toEqual(["a e", "a c e", "a b d e"]);
    expect(isCut).toBe(false);
  });

  test("go on through one release to another", () => {
    const { paths } = allPaths(graphOf("a: x1", "x1: x2"), full("a"), to("x"), 10);
    expect(paths.map((path) => path.at(-1)?.release)).toEqual(["1", "2"]);
  });

  test("stop at the bound and say so", () => {
    // Twenty diamonds in a row: 2^20 paths.
    const lines = Array.from({ length: 20 }, (_, i) => {
      const [here, left, right, next] = [name(i), `${name(i)}l`, `${name(i)}r`, name(i + 1)];
      return [`${here}: ${left} ${right}`, `${left}: ${next}`, `${right}: ${next}`];
    }).flat();
    const found = allPaths(graphOf(...lines), full(name(0)), to(name(20)), 50);
    expect(found.isCut).toBe(true);
    expect(found.paths).toHaveLength(50);
    expect(allPaths(graphOf("a: b c", "b: d", "c: d"), full("a"), to("d"), 2).isCut).toBe(false);
    expect(allPaths(graphOf("a: b c", "b: d", "c: d"), full("a"), to("d"), 1).isCut).toBe(true);
  });

  test("hold the shortest, however much is cut", () => {
    const { paths, isCut } = allPaths(graphOf("a: b c e", "b: e", "c: e"), full("a"), to("e"), 1);
    expect(paths.map(words)).toEqual(["a e"]);
    expect(isCut).toBe(true);
  });
});

function name(i: number): string {
  return `n${String.fromCharCode(97 + i)}`;
}
