// Why an installed package needs another: paths through the declared run-time dependencies.
import type { DependencyGraph } from "./graph.ts";
import { type FullIdent, formatIdent, type PackageIdent, satisfies } from "./ident.ts";

/** From the package asked about to the one it needs, both included. */
export type DependencyPath = readonly FullIdent[];

/**
 * The shortest path from `from` to any package that satisfies `to`, or undefined. Of several of one length the one through
 * the dependencies declared first. A package does not need itself.
 */
export function shortestPath(
  graph: DependencyGraph,
  from: FullIdent,
  to: PackageIdent,
): DependencyPath | undefined {
  const cameFrom = new Map<string, FullIdent | undefined>([[formatIdent(from), undefined]]);
  for (let layer = [from]; layer.length > 0; ) {
    const next: FullIdent[] = [];
    for (const node of layer)
      for (const neighbour of declared(graph, node)) {
        const name = formatIdent(neighbour);
        if (cameFrom.has(name)) continue;
        cameFrom.set(name, node);
        if (satisfies(neighbour, to)) return wayTo(neighbour, cameFrom);
        next.push(neighbour);
      }
    layer = next;
  }
  return undefined;
}

/** What `allPaths` found: `isCut` says that it stopped with more to look at. */
export interface FoundPaths {
  readonly paths: readonly DependencyPath[];
  readonly isCut: boolean;
}

/**
 * Every path from `from` to a package that satisfies `to`, none through a package twice, shortest first; at most
 * `mostPaths`, since there may be exponentially many. The shortest path is among them even when the rest is cut.
 */
export function allPaths(
  graph: DependencyGraph,
  from: FullIdent,
  to: PackageIdent,
  mostPaths: number,
): FoundPaths {
  const shortest = shortestPath(graph, from, to);
  if (shortest === undefined) return { paths: [], isCut: false };
  const leading = leadingTo(graph, from, to);
  const paths: DependencyPath[] = [];
  const onPath = new Set([formatIdent(from)]);
  let steps = 0;
  // Only what leads to `to` is entered, so every step of a healthy graph ends in a path. False when the bound is reached.
  const walk = (path: DependencyPath, node: FullIdent): boolean => {
    for (const neighbour of declared(graph, node)) {
      const name = formatIdent(neighbour);
      if (onPath.has(name) || !leading.has(name)) continue;
      if (++steps > mostPaths * STEPS_PER_PATH) return false;
      const extended = [...path, neighbour];
      if (satisfies(neighbour, to)) {
        if (paths.length === mostPaths) return false;
        paths.push(extended);
      }
      onPath.add(name);
      const isWhole = walk(extended, neighbour);
      onPath.delete(name);
      if (!isWhole) return false;
    }
    return true;
  };
  const isCut = !walk([from], from);
  if (isCut && !paths.some((path) => samePath(path, shortest))) {
    if (paths.length === mostPaths) paths.pop();
    paths.unshift(shortest);
  }
  return { paths: paths.sort((a, b) => a.length - b.length), isCut };
}

/** Packages entered for each path that may be answered: DEPS that go round in circles could lead nowhere for ever. */
const STEPS_PER_PATH = 200;

/** What `from` reaches that satisfies `to` or reaches such a package. */
function leadingTo(graph: DependencyGraph, from: FullIdent, to: PackageIdent): Set<string> {
  const leading = new Set<string>();
  for (const reached of graph.neighbours(from, { transitive: true })) {
    if (!satisfies(reached, to)) continue;
    leading.add(formatIdent(reached));
    for (const needing of graph.neighbours(reached, { transitive: true, reverse: true }))
      leading.add(formatIdent(needing));
  }
  return leading;
}

function samePath(a: DependencyPath, b: DependencyPath): boolean {
  return a.map(formatIdent).join() === b.map(formatIdent).join();
}

/** Direct dependencies in the order they are declared in. */
function declared(graph: DependencyGraph, node: FullIdent): FullIdent[] {
  return graph.neighbours(node).toReversed();
}

function wayTo(end: FullIdent, cameFrom: ReadonlyMap<string, FullIdent | undefined>): DependencyPath {
  const path: FullIdent[] = [];
  for (let node: FullIdent | undefined = end; node !== undefined; node = cameFrom.get(formatIdent(node)))
    path.unshift(node);
  return path;
}
