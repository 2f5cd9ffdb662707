// Removes what garbage.ts finds that nobody needs, one release at a time, so that it can be cut short anywhere and installs
// can run beside it.
import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { artifactCachePath, fsRoot, removeIfPresent } from "../host/index.ts";
import { artifactFileName } from "./artifact-name.ts";
import { Claim } from "./claim.ts";
import type { Report } from "./events.ts";
import { type KeptRelease, planGarbage, type Root } from "./garbage.ts";
import { type FullIdent, sameIdent } from "./ident.ts";
import { InstalledPackage, installPath } from "./installed.ts";
import { CurrentNeeds, installedReleases } from "./needs.ts";
import { compareByParts } from "./order.ts";
import { explainSystemError, removeRelease } from "./staging.ts";
import { isInstalled, listInstalled } from "./store.ts";

export interface GarbageOptions {
  readonly roots: readonly Root[];
  /** Also what seems to be installed on purpose. */
  readonly all?: boolean;
  readonly root?: string;
}

export interface RemovedRelease {
  readonly ident: FullIdent;
  /** Of its regular files; those with several names count once, in the first release that has one. */
  readonly bytes: number;
}

export interface Garbage {
  /** In order of removal. */
  readonly remove: readonly RemovedRelease[];
  readonly keep: readonly KeptRelease[];
}

/** What nobody needs, changing nothing. Throws HAB-PKG-011 for metadata that cannot be read, system errors. */
export function findGarbage({ roots, all = false, root = fsRoot() }: GarbageOptions): Garbage {
  const { remove, keep } = planGarbage(installedReleases(root), roots, { all });
  const counted = new Set<string>();
  return {
    remove: remove.map((ident) => ({ ident, bytes: bytesBelow(installPath(ident, root), counted) })),
    keep,
  };
}

export type GarbageEvent =
  | { readonly kind: "deleting"; readonly ident: FullIdent }
  /** `problem`: what the hook failed with. */
  | { readonly kind: "kept"; readonly kept: KeptRelease; readonly problem?: unknown }
  /** Other releases are installed: only the last one's hook runs. */
  | { readonly kind: "hook skipped"; readonly ident: FullIdent; readonly installed: number };

export interface RemoveGarbageOptions {
  readonly root?: string;
  readonly report?: (event: GarbageEvent) => void;
  readonly hookReport?: Report;
  readonly signal?: AbortSignal;
}

/**
 * Removes what was found, but what has become needed or is being installed meanwhile, what has a failing uninstall hook, and
 * what those need. Answers what is gone and what stays after all. Throws system errors.
 */
export async function removeGarbage(
  { remove, keep }: Garbage,
  options: RemoveGarbageOptions = {},
): Promise<{ readonly removed: RemovedRelease[]; readonly kept: KeptRelease[] }> {
  const { root = fsRoot(), report, signal } = options;
  const removed: RemovedRelease[] = [];
  const late: KeptRelease[] = [];
  const needs = new CurrentNeeds(root);
  const stay = (kept: KeptRelease, problem?: unknown) => {
    late.push(kept);
    report?.({ kind: "kept", kept, ...(problem !== undefined && { problem }) });
  };
  for (const each of remove) {
    signal?.throwIfAborted();
    const { ident } = each;
    const claim = claimOf(ident, root);
    if (claim === undefined) {
      stay({ ident, reason: "in use" });
      continue;
    }
    try {
      if (!isInstalled(ident, root)) continue;
      // What stays of the plan stands before what it needs, so that this finds all of its dependencies too.
      const neededBy = needs.neederOf(ident);
      if (neededBy !== undefined) {
        stay({ ident, reason: "needed", neededBy });
        continue;
      }
      report?.({ kind: "deleting", ident });
      const problem = await hookProblem(ident, root, options);
      if (problem !== undefined) {
        stay({ ident, reason: "hook failed" }, problem);
        continue;
      }
      removeRelease(ident, root);
      removed.push(each);
    } catch (error) {
      throw explainSystemError(error, ident);
    } finally {
      claim.release();
    }
  }
  return { removed, kept: [...keep, ...late].sort((a, b) => compareByParts(a.ident, b.ident)) };
}

export interface CachedHart {
  readonly path: string;
  readonly bytes: number;
}

/** Harts in the artifact cache of releases that are not installed; `going` counts as gone. */
export function findCachedGarbage(
  going: readonly FullIdent[],
  { root = fsRoot(), cache = artifactCachePath() }: { readonly root?: string; readonly cache?: string } = {},
): CachedHart[] {
  const staying = listInstalled({ root }).filter((ident) => !going.some((each) => sameIdent(each, ident)));
  const names = new Set(staying.map((ident) => artifactFileName(ident)));
  return entriesOf(cache)
    .filter((entry) => entry.isFile() && /^[^.].*\.hart$/.test(entry.name) && !names.has(entry.name))
    .map((entry) => join(cache, entry.name))
    .sort()
    .map((path) => ({ path, bytes: lstatSync(path).size }));
}

/** Removes a hart, unless its release is being installed or has been; answers whether. Throws system errors. */
export async function removeCachedHart(path: string, root: string = fsRoot()): Promise<boolean> {
  const { peekIdent } = await import("./artifact.ts");
  let ident: FullIdent | undefined;
  try {
    ident = await peekIdent(path);
  } catch {
    // Damaged: no install can use it.
  }
  if (ident === undefined) {
    removeIfPresent(path);
    return true;
  }
  const claim = claimOf(ident, root);
  if (claim === undefined) return false;
  try {
    if (isInstalled(ident, root)) return false;
    removeIfPresent(path);
    return true;
  } finally {
    claim.release();
  }
}

function claimOf(ident: FullIdent, root: string): Claim | undefined {
  try {
    return Claim.take(ident, root);
  } catch (error) {
    throw explainSystemError(error, ident);
  }
}

/** Runs the uninstall hook of the last release of a package; what it failed with. */
async function hookProblem(
  ident: FullIdent,
  root: string,
  { report, hookReport, signal }: RemoveGarbageOptions,
): Promise<unknown> {
  const releases = listInstalled({ ident: { origin: ident.origin, name: ident.name }, root }).length;
  if (releases > 1) {
    report?.({ kind: "hook skipped", ident, installed: releases });
    return undefined;
  }
  const { runUninstallHook } = await import("./hooks.ts");
  try {
    await runUninstallHook(new InstalledPackage(ident, root), {
      root,
      ...(hookReport && { report: hookReport }),
      ...(signal && { signal }),
    });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    return error;
  }
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Bytes of the regular files below a directory that are not `counted` yet. */
function bytesBelow(directory: string, counted: Set<string>): number {
  let bytes = 0;
  for (const entry of entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += bytesBelow(path, counted);
    else if (entry.isFile()) {
      const { dev, ino, nlink, size } = lstatSync(path);
      const file = `${dev}:${ino}`;
      if (counted.has(file)) continue;
      if (nlink > 1) counted.add(file);
      bytes += size;
    }
  }
  return bytes;
}
