// Uninstalling: a package that nobody else needs goes, with the dependencies nobody else needs (reference/packages.md §15).
import { HabError } from "../error/index.ts";
import { fsRoot } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import type { Report } from "./events.ts";
import { DependencyGraph } from "./graph.ts";
import { type FullIdent, formatIdent, type PackageIdent, sameIdent, satisfies } from "./ident.ts";
import { compareByParts } from "./order.ts";
import { explainSystemError, removeRelease } from "./staging.ts";
import { findInstalled, isInstalled, listInstalled, loadInstalled } from "./store.ts";

/** Why a package is kept. */
export type KeepReason = "ourselves" | "loaded" | "pinned" | "excluded" | "needed";

export type UninstallEvent =
  | { readonly kind: "begin"; readonly ident: FullIdent }
  | { readonly kind: "deleting"; readonly ident: FullIdent; readonly dryRun: boolean }
  | {
      readonly kind: "kept";
      readonly ident: FullIdent;
      readonly reason: KeepReason;
      /** How many packages that stay need it. */
      readonly neededBy: number;
    }
  /** Other releases are installed: only the last one's hook runs. */
  | { readonly kind: "hook skipped"; readonly ident: FullIdent; readonly installed: number }
  | { readonly kind: "dependencies kept" }
  | {
      readonly kind: "end";
      readonly ident: FullIdent;
      readonly dependencies: number;
      readonly dryRun: boolean;
    };

export interface UninstallOptions {
  /** What to uninstall: of a partial ident the newest release, unless `keepLatest` is given. */
  readonly ident: PackageIdent;
  /** Uninstall all releases that satisfy the ident but this many of the newest. */
  readonly keepLatest?: number;
  readonly exclude?: readonly PackageIdent[];
  readonly keepDependencies?: boolean;
  readonly ignoreHook?: boolean;
  readonly dryRun?: boolean;
  /** What a Supervisor runs, which stays. */
  readonly loaded?: readonly PackageIdent[];
  /** What is pinned, which stays: named for itself it is an error, in passing it is kept. */
  readonly pinned?: readonly PackageIdent[];
  /** Remove the named package although it is loaded or pinned (a rollback does); never its dependencies. */
  readonly force?: boolean;
  readonly report?: (event: UninstallEvent) => void;
  readonly hookReport?: Report;
  readonly root?: string;
  readonly signal?: AbortSignal;
}

export interface UninstallResult {
  /** What is gone, or in a dry run would be, in that order. */
  readonly removed: readonly FullIdent[];
  /** Set when `keepLatest` left nothing to do: how many releases there are. */
  readonly installed?: number;
}

/**
 * Uninstalls. Throws HAB-PKG-010 when it is not installed, HAB-PKG-050 when others need it, HAB-PKG-071 when it is pinned,
 * HAB-PKG-041 when its hook fails (then it stays), system errors.
 */
export async function uninstallPackage(options: UninstallOptions): Promise<UninstallResult> {
  const { ident, keepLatest, root = fsRoot() } = options;
  let named: FullIdent[];
  if (keepLatest === undefined) named = [loadInstalled(ident, { root }).ident];
  else {
    const candidates = listInstalled({ ident, root });
    if (keepLatest >= candidates.length) return { removed: [], installed: candidates.length };
    named = candidates.slice(0, candidates.length - keepLatest);
  }
  const graph = DependencyGraph.ofInstalled({ root });
  const removed: FullIdent[] = [];
  for (const each of named.sort(compareByParts)) await uninstallOne(each, graph, options, root, removed);
  return { removed };
}

async function uninstallOne(
  ident: FullIdent,
  graph: DependencyGraph,
  options: UninstallOptions,
  root: string,
  removed: FullIdent[],
): Promise<void> {
  const { report, dryRun = false } = options;
  report?.({ kind: "begin", ident });
  const dependencies = graph.neighbours(ident, { transitive: true });
  const neededBy = graph.neighbours(ident, { reverse: true }).length;
  if (neededBy > 0)
    throw new HabError(
      packageErrors.neededByOthers,
      `${formatIdent(ident)} cannot be removed: it is a dependency of ${neededBy} packages`,
    );
  const reason = reasonToKeep(ident, options, options.force === true);
  if (reason === "pinned" && options.keepLatest === undefined) {
    const pin = options.pinned?.find((each) => satisfies(each, ident)) ?? ident;
    throw new HabError(packageErrors.pinned, `${formatIdent(ident)} is pinned (${formatIdent(pin)})`, {
      next: `Let it go with hab pkg unpin ${formatIdent(pin)}, or uninstall it with --ignore-pins.`,
    });
  }
  if (reason !== undefined) {
    report?.({ kind: "kept", ident, reason, neededBy: 0 });
    return;
  }
  await remove(ident, options, root);
  graph.remove(ident);
  removed.push(ident);
  let count = 0;
  if (options.keepDependencies === true) report?.({ kind: "dependencies kept" });
  else {
    const going = dependencies.filter((each) => isInstalled(each, root));
    const kept = keptDependencies(going, ident, graph, options);
    for (const each of going) {
      const keep = kept.get(formatIdent(each));
      if (keep !== undefined) {
        report?.({ kind: "kept", ident: each, ...keep });
        continue;
      }
      await remove(each, options, root);
      graph.remove(each);
      removed.push(each);
      count++;
    }
  }
  report?.({ kind: "end", ident, dependencies: count, dryRun });
}

/**
 * Which dependencies stay, and why: those that must, those somebody outside needs, and those that what stays needs (the
 * original deletes the last from under it).
 */
function keptDependencies(
  dependencies: readonly FullIdent[],
  ident: FullIdent,
  graph: DependencyGraph,
  options: UninstallOptions,
): Map<string, { reason: KeepReason; neededBy: number }> {
  const kept = new Map<string, { reason: KeepReason; neededBy: number }>();
  for (const each of dependencies) {
    const reason = reasonToKeep(each, options, false);
    if (reason !== undefined) kept.set(formatIdent(each), { reason, neededBy: 0 });
  }
  const leaves = (other: FullIdent) =>
    sameIdent(other, ident) ||
    (dependencies.some((each) => sameIdent(each, other)) && !kept.has(formatIdent(other)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const each of dependencies) {
      const staying = graph
        .neighbours(each, { transitive: true, reverse: true })
        .filter((other) => !leaves(other));
      if (staying.length === 0) continue;
      const before = kept.get(formatIdent(each));
      if (before === undefined) changed = true;
      // Compat: being needed by others is said before any other reason.
      const outside = staying.filter((other) => !dependencies.some((dep) => sameIdent(dep, other))).length;
      if (before === undefined || outside > 0)
        kept.set(formatIdent(each), { reason: "needed", neededBy: outside === 0 ? staying.length : outside });
    }
  }
  return kept;
}

function reasonToKeep(ident: FullIdent, options: UninstallOptions, force: boolean): KeepReason | undefined {
  if (ident.origin === "chef" && ident.name === "hab") return "ourselves";
  if (!force && options.loaded?.some((loaded) => satisfies(loaded, ident)) === true) return "loaded";
  if (!force && options.pinned?.some((pin) => satisfies(pin, ident)) === true) return "pinned";
  if (options.exclude?.some((excluded) => satisfies(excluded, ident)) === true) return "excluded";
  return undefined;
}

async function remove(ident: FullIdent, options: UninstallOptions, root: string): Promise<void> {
  const { dryRun = false, report } = options;
  options.signal?.throwIfAborted();
  report?.({ kind: "deleting", ident, dryRun });
  const pkg = findInstalled(ident, { root });
  if (dryRun || pkg === undefined) return;
  if (options.ignoreHook !== true) {
    const releases = listInstalled({ ident: { origin: ident.origin, name: ident.name }, root }).length;
    if (releases > 1) report?.({ kind: "hook skipped", ident, installed: releases });
    else {
      const { runUninstallHook } = await import("./hooks.ts");
      await runUninstallHook(pkg, {
        root,
        ...(options.hookReport && { report: options.hookReport }),
        ...(options.signal && { signal: options.signal }),
      });
    }
  }
  try {
    removeRelease(ident, root);
  } catch (error) {
    throw explainSystemError(error, ident);
  }
}
