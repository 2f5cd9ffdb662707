// Dependencies of one release as a graph: everything it needs, with who needs whom, and the releases that need it.
import type { Caller } from "../roles.ts";
import type { Queries } from "./database.ts";
import type { PackageRow } from "./packages.ts";
import { isVisible } from "./visibility.ts";

export interface GraphNode {
  readonly ident: string;
  /** In bytes; null for what this depot does not hold, or the caller may not see. */
  readonly size: number | null;
}

export interface DependencyGraph {
  /** The release itself first. */
  readonly nodes: readonly GraphNode[];
  /** Indexes of nodes: the first needs the second directly. */
  readonly edges: readonly (readonly [number, number])[];
  /** Nodes beyond the limit, which are left out. */
  readonly left_out: number;
}

/** The graph of a release, of at most `limit` nodes. */
export async function dependencyGraph(
  db: Queries,
  root: PackageRow,
  caller: Caller | undefined,
  limit: number,
): Promise<DependencyGraph> {
  const needed = JSON.parse(root.tdeps) as string[];
  const direct = JSON.parse(root.deps) as string[];
  const idents = [...new Set([root.ident, ...direct, ...needed])];
  const shown = idents.slice(0, limit);
  const rows = await db
    .selectFrom("packages")
    .select(["packages.ident", "packages.deps", "packages.size"])
    .where("packages.ident", "in", shown)
    .where("packages.target", "=", root.target)
    .where(isVisible(caller))
    .execute();
  const known = new Map(rows.map((row) => [row.ident, row]));
  const index = new Map(shown.map((ident, at) => [ident, at]));
  const edges: (readonly [number, number])[] = [];
  for (const [at, ident] of shown.entries()) {
    const deps = at === 0 ? direct : (JSON.parse(known.get(ident)?.deps ?? "[]") as string[]);
    for (const dependency of new Set(deps)) {
      const to = index.get(dependency);
      if (to !== undefined && to !== at) edges.push([at, to]);
    }
  }
  return {
    nodes: shown
      .map((ident) => ({ ident, size: Number(known.get(ident)?.size ?? Number.NaN) }))
      .map(withoutNaN),
    edges,
    left_out: idents.length - shown.length,
  };
}

function withoutNaN({ ident, size }: { ident: string; size: number }): GraphNode {
  return { ident, size: Number.isNaN(size) ? null : size };
}

export interface DependentRelease {
  readonly ident: string;
  /** Whether it names the release itself, not only through another. */
  readonly is_direct: boolean;
}

/** Releases of the same target that need exactly this one and the caller may see, by ident; and how many there are. */
export async function dependentReleases(
  db: Queries,
  root: Pick<PackageRow, "ident" | "target">,
  caller: Caller | undefined,
  limit: number,
): Promise<{ total: number; items: DependentRelease[] }> {
  const base = db
    .selectFrom("package_dependencies")
    .innerJoin("packages", "packages.id", "package_dependencies.package_id")
    .where("package_dependencies.ident", "=", root.ident)
    .where("packages.target", "=", root.target)
    .where(isVisible(caller));
  const { count } = await base
    .select(({ fn }) => fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  const rows = await base
    .select(["packages.ident", "packages.deps"])
    .orderBy("packages.ident")
    .limit(limit)
    .execute();
  return {
    total: Number(count),
    items: rows.map(({ ident, deps }) => ({
      ident,
      is_direct: (JSON.parse(deps) as string[]).includes(root.ident),
    })),
  };
}
