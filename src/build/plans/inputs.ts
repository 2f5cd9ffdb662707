// What a package is made of besides its dependencies: the files of its plan, with their digests.
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { knownItems, type ReadPlan } from "./read-plan.ts";
import { textOf } from "./values.ts";

/** Path relative to the directory of the plan → what identifies the content. */
export type Inputs = Readonly<Record<string, string>>;

/** What is made, or kept for people and tools, and is no part of a package. */
const LEFT_OUT = new Set([".git", ".hg", ".svn", "node_modules", "results", ".studio", ".studiorc"]);
const PLAN_FILE = "plan.sh";

/** Digests by path, of files that several plans use. */
export type DigestCache = Map<string, string>;

/** The directory whose files belong to the plan: of local software the one around habitat/, else that of plan.sh. */
export function inputDirectory(plan: ReadPlan): string {
  const hasOwnSource = textOf(plan.settings.get("pkg_source")) ?? "";
  return basename(plan.directory) === "habitat" && hasOwnSource === ""
    ? dirname(plan.directory)
    : plan.directory;
}

/**
 * Everything in the plan's directory, whatever it sources, and what it names in pkg_inputs. Directories of other plans below are
 * theirs.
 */
export function planInputs(plan: ReadPlan, digests: DigestCache): Inputs {
  const paths = new Set<string>(plan.files.map(({ path }) => path));
  collect(inputDirectory(plan), plan.directory, paths);
  for (const { text } of knownItems(plan.settings.get("pkg_inputs"))) {
    const path = resolve(plan.directory, text);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
      collect(path, plan.directory, paths);
    else paths.add(path);
  }
  const entries = [...paths]
    .sort()
    .map((path) => [relative(plan.directory, path), digestOf(path, digests)] as const);
  return Object.fromEntries(entries);
}

function collect(directory: string, own: string, paths: Set<string>): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (LEFT_OUT.has(entry.name) || entry.name.endsWith(".hart")) continue;
    const path = join(directory, entry.name);
    if (!entry.isDirectory()) paths.add(path);
    else if (path === own || !hasPlan(path)) collect(path, own, paths);
  }
}

function hasPlan(directory: string): boolean {
  return statSync(join(directory, PLAN_FILE), { throwIfNoEntry: false })?.isFile() === true;
}

function digestOf(path: string, digests: DigestCache): string {
  const known = digests.get(path);
  if (known !== undefined) return known;
  const status = lstatSync(path, { throwIfNoEntry: false });
  let digest = "none";
  if (status?.isSymbolicLink() === true) digest = `link ${readlinkSync(path)}`;
  else if (status?.isFile() === true) {
    const sum = new Bun.CryptoHasher("sha256").update(readFileSync(path)).digest("hex");
    digest = (status.mode & 0o111) === 0 ? sum : `${sum} x`;
  }
  digests.set(path, digest);
  return digest;
}

/** Paths that are not the same in both, sorted. */
export function changedInputs(before: Inputs, now: Inputs): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...names].filter((name) => before[name] !== now[name]).sort();
}
