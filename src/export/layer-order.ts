// Which package comes in which layer of an image: what others need lies below them, so that images share their lower
// layers (reference/plan-build.md §17.3).
import { type FullIdent, formatIdent } from "../package/index.ts";

/** Direct dependencies of a release. */
export type DepsOf = (ident: FullIdent) => readonly FullIdent[];

/**
 * All releases the roots need, and the roots, lowest first: for each root in turn what it needs, farthest first, then itself;
 * each once. Compat: breadth first, the last declared neighbour first.
 */
export function layerOrder(roots: readonly FullIdent[], depsOf: DepsOf): FullIdent[] {
  const order = new Map<string, FullIdent>();
  for (const root of roots) {
    const reached = new Map([[formatIdent(root), root]]);
    // A Map goes on to what is added while it is walked: that makes it breadth first.
    for (const each of reached.values())
      for (const dep of depsOf(each).toReversed())
        if (!reached.has(formatIdent(dep))) reached.set(formatIdent(dep), dep);
    for (const [name, ident] of [...reached].reverse()) if (!order.has(name)) order.set(name, ident);
  }
  return [...order.values()];
}

/** Engines stack 127 layers at most; some are for what is not a package. */
export const MAX_PACKAGE_LAYERS = 100;

/**
 * The packages in groups, one a layer. Where there are more packages than layers, those on top share one: what lies below is
 * what other images have too.
 */
export function layerGroups<T>(order: readonly T[], maxLayers = MAX_PACKAGE_LAYERS): T[][] {
  if (order.length <= maxLayers) return order.map((each) => [each]);
  const below = order.slice(0, maxLayers - 1).map((each) => [each]);
  return [...below, order.slice(maxLayers - 1)];
}
