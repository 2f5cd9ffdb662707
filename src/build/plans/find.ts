// Which plans there are below a place, and which of them a target builds (reference/plan-build.md §3).
import { readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";

const PLAN_FILE = "plan.sh";
/** Folders that hold what was made, not what was written. */
const NOT_SEARCHED = new Set(["node_modules", "results", "target"]);
const MAX_DEPTH = 16;
const TARGETS = new Set([
  "x86_64-linux",
  "x86_64-linux-kernel2",
  "aarch64-linux",
  "aarch64-darwin",
  "x86_64-windows",
]);

/**
 * Absolute paths of all plans at or below the places, sorted, each once. A place is a plan, or a directory that is searched
 * without hidden folders and without following links. Throws HAB-BLD-060.
 */
export function findPlans(places: readonly string[]): string[] {
  const found = new Set<string>();
  for (const place of places) {
    const path = resolve(place);
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) throw new HabError(buildErrors.noPlans, `${place} does not exist`);
    if (status.isDirectory()) search(path, 0, found);
    else found.add(path);
  }
  if (found.size === 0)
    throw new HabError(buildErrors.noPlans, `there is no ${PLAN_FILE} in ${places.join(", ")} or below`);
  return [...found].sort();
}

function search(directory: string, depth: number, found: Set<string>): void {
  for (const entry of entriesOf(directory)) {
    if (entry.name === PLAN_FILE && entry.isFile()) found.add(join(directory, entry.name));
    const isSearched = entry.isDirectory() && !entry.name.startsWith(".") && !NOT_SEARCHED.has(entry.name);
    if (isSearched && depth < MAX_DEPTH) search(join(directory, entry.name), depth + 1, found);
  }
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (systemErrorCode(error) === "EACCES") return [];
    throw error;
  }
}

/** The target a plan is for by the folder it is in; undefined for a plan of every target. */
export function targetOfPlan(path: string): string | undefined {
  const folder = basename(dirname(path));
  return TARGETS.has(folder) ? folder : undefined;
}

/** The plans a build for `target` takes: not those of other targets, nor those beside one of its own. */
export function plansForTarget(paths: readonly string[], target: string): string[] {
  const all = new Set(paths);
  return paths.filter((path) => {
    const own = targetOfPlan(path);
    if (own !== undefined) return own === target;
    return !all.has(join(dirname(path), target, PLAN_FILE));
  });
}

/** What `hab pkg build` is given to build the plan at `path`. */
export function planContext(path: string): string {
  const directory = targetOfPlan(path) === undefined ? dirname(path) : dirname(dirname(path));
  return basename(directory) === "habitat" ? dirname(directory) : directory;
}
