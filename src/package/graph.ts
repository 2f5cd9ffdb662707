// Who needs whom among the installed packages (reference/packages.md §15, §16).
import { type FullIdent, formatIdent, parseFullIdent } from "./ident.ts";
import { InstalledPackage } from "./installed.ts";
import { listInstalled, type StoreOptions } from "./store.ts";

export interface DirectionOptions {
  /** Also what those need, and so on. */
  readonly transitive?: boolean;
  /** Who needs it, instead of what it needs. */
  readonly reverse?: boolean;
}

/** Edges lead from a package to its direct dependencies, which need not be installed. */
export class DependencyGraph {
  readonly #needs = new Map<string, string[]>();
  readonly #neededBy = new Map<string, string[]>();

  /** The graph of everything that is installed. Throws HAB-PKG-011 for DEPS that cannot be read. */
  static ofInstalled(options: StoreOptions = {}): DependencyGraph {
    const graph = new DependencyGraph();
    for (const ident of listInstalled(options))
      graph.add(ident, new InstalledPackage(ident, options.root).deps);
    return graph;
  }

  add(ident: FullIdent, deps: readonly FullIdent[]): void {
    const from = formatIdent(ident);
    const needs = this.#entry(this.#needs, from);
    for (const dep of deps.map(formatIdent)) {
      needs.push(dep);
      this.#entry(this.#neededBy, dep).push(from);
    }
  }

  /**
   * Neighbours, or with `transitive` everything reachable, nearest first; without the package itself. Compat: of several
   * neighbours the last declared comes first (§16).
   */
  neighbours(ident: FullIdent, { transitive = false, reverse = false }: DirectionOptions = {}): FullIdent[] {
    const edges = reverse ? this.#neededBy : this.#needs;
    const start = formatIdent(ident);
    const found = new Set<string>();
    let layer = [start];
    do {
      const next: string[] = [];
      for (const node of layer)
        for (const neighbour of (edges.get(node) ?? []).toReversed())
          if (neighbour !== start && !found.has(neighbour)) {
            found.add(neighbour);
            next.push(neighbour);
          }
      layer = transitive ? next : [];
    } while (layer.length > 0);
    return [...found].map(parseFullIdent);
  }

  /** Takes a package and its edges out. */
  remove(ident: FullIdent): void {
    const node = formatIdent(ident);
    for (const dep of this.#needs.get(node) ?? []) {
      const others = this.#entry(this.#neededBy, dep);
      this.#neededBy.set(
        dep,
        others.filter((other) => other !== node),
      );
    }
    this.#needs.delete(node);
  }

  #entry(edges: Map<string, string[]>, node: string): string[] {
    const list = edges.get(node) ?? [];
    edges.set(node, list);
    return list;
  }
}
