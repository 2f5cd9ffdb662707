// Copies the files of a plan that go into the package as they are: config/, config_install/, hooks
// (reference/plan-build.md §10.1).
import { chmodSync, constants, copyFileSync, mkdirSync, readSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describeError, HabError } from "../error/index.ts";
import { buildErrors, isFullDisk } from "./errors.ts";
import { entriesOf } from "./walk.ts";

const TREES = ["config", "config_install"];

/** Artifacts are copied by pieces of this size. */
const COPY_SIZE_BYTES = 1024 * 1024;

/** Copies the trees of a plan that exist; names that match one of `excludes` (shell globs) stay out. Throws HAB-BLD-003. */
export function copyConfig(planDirectory: string, prefix: string, excludes: readonly string[]): void {
  const patterns = excludes.filter((glob) => glob !== "").map((glob) => new Bun.Glob(glob));
  const excluded = (name: string) => patterns.some((pattern) => pattern.match(name));
  for (const tree of TREES) {
    const source = join(planDirectory, tree);
    if (statSync(source, { throwIfNoEntry: false })?.isDirectory())
      copyTree(source, join(prefix, tree), excluded);
  }
}

function copyTree(
  source: string | Buffer,
  destination: string | Buffer,
  excluded: (name: string) => boolean,
): void {
  makeDirectory(destination);
  for (const { file: from, entry } of entriesOf(source)) {
    if (excluded(entry.name)) continue;
    const to = sameNameIn(destination, from);
    if (entry.isDirectory()) copyTree(from, to, excluded);
    // Compat: a link to a directory becomes an empty directory (vector config-tree).
    else if (entry.isSymbolicLink() && leadsToDirectory(from)) makeDirectory(to);
    else copyFile(from, to);
  }
}

/** The path of a name of one directory in another; bytes where it is no text. */
function sameNameIn(directory: string | Buffer, path: string | Buffer): string | Buffer {
  if (typeof path === "string" && typeof directory === "string")
    return `${directory}/${path.slice(path.lastIndexOf("/") + 1)}`;
  const bytes = Buffer.from(path);
  return Buffer.concat([Buffer.from(directory), bytes.subarray(bytes.lastIndexOf(0x2f))]);
}

function leadsToDirectory(link: string | Buffer): boolean {
  try {
    return statSync(link).isDirectory();
  } catch {
    // Leads nowhere, or round in a circle: copying it says so.
    return false;
  }
}

function makeDirectory(path: string | Buffer): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

/** Copies one regular file (links followed) with its mode less what umask 022 takes. Throws HAB-BLD-003. */
export function copyFile(source: string | Buffer, destination: string | Buffer): void {
  try {
    const mode = regularFileMode(source);
    copyFileSync(source, destination, constants.COPYFILE_FICLONE);
    chmodSync(destination, mode);
  } catch (error) {
    throw copyFailure(source, error);
  }
}

/** Throws HAB-BLD-003 for what cannot be copied as a file: reading a FIFO would never end. */
function regularFileMode(source: string | Buffer): number {
  const status = statSync(source);
  if (!status.isFile()) throw new HabError(buildErrors.copyFailed, `'${source}' is not a regular file`);
  return status.mode & 0o755;
}

/** Copies what is in one open file into another, empty one. Throws HAB-BLD-002 on a full disk, and HAB-BLD-003. */
export function copyContent(from: number, to: number, name: string): void {
  try {
    const buffer = new Uint8Array(COPY_SIZE_BYTES);
    for (let position = 0; ; ) {
      const read = readSync(from, buffer, 0, buffer.length, position);
      if (read === 0) return;
      for (let at = 0; at < read; ) at += writeSync(to, buffer, at, read - at);
      position += read;
    }
  } catch (error) {
    throw copyFailure(name, error);
  }
}

function copyFailure(source: string | Buffer, error: unknown): HabError {
  if (error instanceof HabError) return error;
  const kind = isFullDisk(error) ? buildErrors.diskFull : buildErrors.copyFailed;
  return new HabError(kind, `cannot copy '${source}': ${describeError(error)}`, { cause: error });
}
