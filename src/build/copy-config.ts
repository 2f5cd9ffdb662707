// Copies the files of a plan that go into the package as they are: config/, config_install/, hooks
// (reference/plan-build.md §10.1).
import { chmodSync, constants, copyFileSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { removeIfPresent, temporaryPathFor } from "../host/index.ts";
import { buildErrors } from "./errors.ts";

const TREES = ["config", "config_install"];

/** Copies the trees of a plan that exist; names that match one of `excludes` (shell globs) stay out. */
export function copyConfig(planDirectory: string, prefix: string, excludes: readonly string[]): void {
  const patterns = excludes.filter((glob) => glob !== "").map((glob) => new Bun.Glob(glob));
  const excluded = (name: string) => patterns.some((pattern) => pattern.match(name));
  for (const tree of TREES) {
    const source = join(planDirectory, tree);
    if (statSync(source, { throwIfNoEntry: false })?.isDirectory())
      copyTree(source, join(prefix, tree), excluded);
  }
}

function copyTree(source: string, destination: string, excluded: (name: string) => boolean): void {
  makeDirectory(destination);
  for (const entry of readdirSync(source, { withFileTypes: true })) {
    if (excluded(entry.name)) continue;
    const from = join(source, entry.name);
    const to = join(destination, entry.name);
    if (entry.isDirectory()) copyTree(from, to, excluded);
    // Compat: a link to a directory becomes an empty directory (vector config-tree).
    else if (statSync(from, { throwIfNoEntry: false })?.isDirectory()) makeDirectory(to);
    else copyFileWhole(from, to);
  }
}

function makeDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/** Copies one regular file (links followed) with its mode less what umask 022 takes. Throws HAB-BLD-003. */
export function copyFileWhole(source: string, destination: string): void {
  const temporary = temporaryPathFor(destination);
  try {
    const status = statSync(source);
    if (!status.isFile()) throw new HabError(buildErrors.copyFailed, `'${source}' is not a regular file`);
    copyFileSync(source, temporary, constants.COPYFILE_FICLONE);
    chmodSync(temporary, status.mode & 0o755);
    renameSync(temporary, destination);
  } catch (error) {
    removeIfPresent(temporary);
    if (error instanceof HabError) throw error;
    throw new HabError(buildErrors.copyFailed, `cannot copy '${source}': ${describeError(error)}`, {
      cause: error,
    });
  }
}
