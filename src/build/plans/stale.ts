// Which packages have to be built, and why. Pure: what is there is handed in (docs/decisions/0030-plans.md).
import type { NeedKind, PlanNode } from "./graph.ts";

export type Reason =
  /** It is neither installed nor among the results. */
  | { readonly kind: "new" }
  /** It was asked for, whatever is there. */
  | { readonly kind: "asked" }
  /** Files of the plan are not those it was built from; against git, not those of the commit. */
  | { readonly kind: "changed"; readonly files: readonly string[] }
  /** It needs a package that is built in this run. */
  | { readonly kind: "needs"; readonly key: string; readonly how: NeedKind }
  /** It was built with another release of what it needs than there is now. */
  | {
      readonly kind: "newer";
      readonly key: string;
      readonly how: NeedKind;
      readonly was: string;
      readonly is: string;
    };

/** What is known of one package. */
export interface Facts {
  /** Full ident of the newest build that is there; undefined when there is none. */
  readonly current: string | undefined;
  /** Files that differ from those it was built from; undefined when nobody noted from what it was built. */
  readonly changed: readonly string[] | undefined;
  /** Files that differ from the commit it is compared with; undefined when git is not asked. */
  readonly changedInGit: readonly string[] | undefined;
  /** `origin/name` → full ident of what it was built with. */
  readonly builtWith: Readonly<Record<string, string>>;
}

export interface StaleOptions {
  /** Build all of them. */
  readonly all: boolean;
  /** Only what changed against a commit, and what depends on it. */
  readonly sinceCommit: boolean;
  /** Rebuild what only builds with a package that is rebuilt, too. */
  readonly buildDependents: boolean;
}

export interface Step {
  readonly node: PlanNode;
  readonly reasons: readonly Reason[];
}

/** The packages to build, in the order of `nodes`, which is one in which they can be built. */
export function stalePackages(
  nodes: readonly PlanNode[],
  facts: ReadonlyMap<string, Facts>,
  { all, sinceCommit, buildDependents }: StaleOptions,
): Step[] {
  const steps = new Map<string, Step>();
  /** With a commit: what is not changed since, and needs nothing that is, is not looked at. */
  const considered = new Set<string>();
  for (const node of nodes) {
    const fact = facts.get(node.key);
    const followed = node.needs.filter(({ kind }) => kind === "run" || buildDependents);
    const isConsidered =
      !sinceCommit ||
      (fact?.changedInGit ?? []).length > 0 ||
      followed.some(({ key }) => considered.has(key));
    if (isConsidered) considered.add(node.key);
    const reasons = isConsidered ? ownReasons(fact, all, sinceCommit) : [];
    for (const { key, kind } of isConsidered ? followed : []) {
      if (sinceCommit && !considered.has(key)) continue;
      const was = fact?.builtWith[key];
      const is = facts.get(key)?.current;
      if (steps.has(key)) reasons.push({ kind: "needs", key, how: kind });
      else if (was !== undefined && is !== undefined && was !== is)
        reasons.push({ kind: "newer", key, how: kind, was, is });
    }
    if (reasons.length > 0) steps.set(node.key, { node, reasons });
  }
  return [...steps.values()];
}

function ownReasons(fact: Facts | undefined, all: boolean, sinceCommit: boolean): Reason[] {
  if (all) return [{ kind: "asked" }];
  if (sinceCommit) {
    const files = fact?.changedInGit ?? [];
    // Built from just these files already: nothing to do, whatever git says.
    const isBuilt = fact?.current !== undefined && fact.changed?.length === 0;
    if (files.length > 0 && !isBuilt) return [{ kind: "changed", files }];
    // It needs what changed, which was built by a run that did not come to this one.
    return fact?.current === undefined ? [{ kind: "new" }] : [];
  }
  if (fact?.current === undefined) return [{ kind: "new" }];
  return fact.changed !== undefined && fact.changed.length > 0
    ? [{ kind: "changed", files: fact.changed }]
    : [];
}

/** One reason as a person reads it. */
export function formatReason(reason: Reason): string {
  switch (reason.kind) {
    case "new":
      return "not built yet";
    case "asked":
      return "asked for";
    case "changed": {
      const [first = "", ...rest] = reason.files;
      return `${first}${rest.length === 0 ? "" : ` and ${rest.length} more`} changed`;
    }
    case "needs":
      return `${needWord(reason.how)} ${reason.key}`;
    case "newer":
      return `was built with ${reason.was}, now there is ${reason.is}`;
  }
}

function needWord(how: NeedKind): string {
  return how === "run" ? "needs" : how === "build" ? "is built with" : "has the scaffolding";
}
