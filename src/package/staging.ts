// Where a release is unpacked before it appears: a locked directory beside its final place, on the same file system. What
// a killed process leaves behind is found by its lock being free, and swept (reference/packages.md §13.5, §13.6).
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { randomBase64 } from "../crypto/index.ts";
import { HabError, systemErrorCode } from "../error/index.ts";
import {
  ensureSharedDirectory,
  type FileLock,
  isPresent,
  lockFile,
  syncDirectory,
  TEMPORARY_LIFETIME_MS,
  temporaryPathFor,
} from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { type FullIdent, formatIdent } from "./ident.ts";
import { installPath, packagesDirectory } from "./installed.ts";
import { readMetafile } from "./metafile.ts";
import { CLAIM_SUFFIX, isInstalled, TEMPORARY_PREFIX } from "./store.ts";

/** Held by whoever fills or empties the directory. */
const LOCK = "lock";
/** The release's directory to be. */
const PACKAGE = "package";

/** A release on its way in. */
export class Staging {
  readonly ident: FullIdent;
  /** Unpack here. Empty at first. */
  readonly directory: string;
  readonly #root: string;
  readonly #place: string;
  readonly #lock: FileLock | undefined;

  /** Makes the version directory, sweeps what is left there, makes the staging directory. Throws system errors. */
  constructor(ident: FullIdent, root: string) {
    this.ident = ident;
    this.#root = root;
    const version = dirname(installPath(ident, root));
    const made = temporaryPathFor(join(version, "staging"));
    makeInSharedDirectory(version, made);
    // The lock is held before the directory gets the name that others sweep.
    this.#lock = lockFile(join(made, LOCK), { exclusive: true });
    this.#place = temporaryName(ident, root);
    renameSync(made, this.#place);
    sweep(version);
    this.directory = join(this.#place, PACKAGE);
    mkdirSync(this.directory, { mode: 0o700 });
  }

  /** Directories above the release that may have been made for it, the version's first. */
  parents(): string[] {
    const found: string[] = [];
    for (let path = dirname(installPath(this.ident, this.#root)); ; path = dirname(path)) {
      found.push(path);
      if (path === this.#root || path === dirname(path)) return found;
    }
  }

  /**
   * Puts the release in its place, at once. Answers false when another process has installed it meanwhile. What is there
   * without being a package (a removal cut short) makes room. Throws HAB-PKG-035.
   */
  commit(): boolean {
    const target = installPath(this.ident, this.#root);
    try {
      renameSync(this.directory, target);
    } catch (error) {
      if (isInstalled(this.ident, this.#root)) return false;
      const code = systemErrorCode(error);
      if (code !== "ENOTEMPTY" && code !== "EEXIST" && code !== "ENOTDIR") throw error;
      if (saysWhatItIs(target))
        throw new HabError(
          packageErrors.placeTaken,
          `${target} is taken by a package for another platform or with damaged metadata`,
          { cause: error },
        );
      renameSync(target, join(this.#place, "obstacle"));
      renameSync(this.directory, target);
    }
    syncDirectory(dirname(target));
    return true;
  }

  /** Removes what has not been committed. Never throws: what stays is swept by the next install. */
  discard(): void {
    try {
      removeTree(this.#place);
      removeEmptyParents(this.#place, this.#root);
    } catch {
      // Left for the next sweep.
    }
    this.#lock?.release();
  }
}

/** Takes an installed release out of sight at once, then removes it and the directories it leaves empty. Throws system errors. */
export function removeRelease(ident: FullIdent, root: string): void {
  const place = temporaryName(ident, root);
  renameSync(installPath(ident, root), place);
  removeTree(place);
  removeEmptyParents(place, root);
}

/** A fresh name in the version directory that no listing shows. */
function temporaryName(ident: FullIdent, root: string): string {
  const random = randomBase64(8)
    .replace(/[^A-Za-z0-9]/g, "0")
    .slice(0, 6);
  return join(dirname(installPath(ident, root)), `${TEMPORARY_PREFIX}-${ident.release}${random}`);
}

/** Another process may remove the version directory, being empty, just when it was made. */
function makeInSharedDirectory(parent: string, directory: string): void {
  for (let attempt = 1; ; attempt++) {
    ensureSharedDirectory(parent);
    try {
      mkdirSync(directory, { mode: 0o700 });
      return;
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT" || attempt === 10) throw error;
    }
  }
}

/** Removes what killed processes have left beside a release. Throws system errors. */
export function sweepBeside(ident: FullIdent, root: string): void {
  sweep(dirname(installPath(ident, root)));
}

function sweep(version: string): void {
  for (const name of readdirSync(version)) {
    if (!name.startsWith(TEMPORARY_PREFIX) && !name.startsWith(".tmp")) continue;
    try {
      sweepOne(join(version, name));
    } catch {
      // Gone already, or not ours to remove: it is in nobody's way.
    }
  }
}

function sweepOne(place: string): void {
  if (place.endsWith(CLAIM_SUFFIX)) {
    const held = lockFile(place, { exclusive: true });
    if (held !== undefined) unlinkSync(place);
    held?.release();
    return;
  }
  const lock = join(place, LOCK);
  if (!isPresent(lock)) {
    // The original's, or killed within microseconds of being made.
    if (Date.now() - lstatSync(place).mtimeMs > TEMPORARY_LIFETIME_MS) removeTree(place);
    return;
  }
  const held = lockFile(lock, { exclusive: true });
  if (held === undefined) return;
  try {
    removeTree(place);
  } finally {
    held.release();
  }
}

/** Whether something at the release's place has a TARGET: then it is, or was, a package of some kind. */
function saysWhatItIs(target: string): boolean {
  try {
    return (readMetafile(target, "TARGET") ?? "") !== "";
  } catch {
    return true;
  }
}

/**
 * Removes a directory with everything in it, directories that forbid it included; a missing one is fine. Not by rmSync, which
 * takes a hundred times as long for 1,500 levels: it begins again at the top for each below the sixteenth.
 */
export function removeTree(path: string): void {
  remove(Buffer.from(path));
}

/** Names are bytes: not all are UTF-8. */
function remove(path: Buffer): void {
  if (!isDirectoryLeft(path)) return;
  try {
    removeContent(path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "EACCES" && code !== "EPERM") throw error;
    chmodSync(path, 0o700);
    removeContent(path);
  }
  try {
    rmdirSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

function removeContent(directory: Buffer): void {
  for (const name of namesIn(directory)) remove(Buffer.concat([directory, Buffer.from("/"), name]));
}

/** None when another process has removed it meanwhile. */
function namesIn(directory: Buffer): Buffer[] {
  try {
    return readdirSync(directory, { encoding: "buffer" });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
}

/** Unlinks what is no directory. A directory says EISDIR; on some file systems EPERM, as do those one may not write to. */
function isDirectoryLeft(path: Buffer): boolean {
  try {
    unlinkSync(path);
    return false;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT") return false;
    if (code === "EISDIR" || (code === "EPERM" && lstatSync(path).isDirectory())) return true;
    throw error;
  }
}

/** Removes version, name and origin directories that hold nothing any more. */
export function removeEmptyParents(place: string, root: string): void {
  const top = packagesDirectory(root);
  for (let parent = dirname(place); parent !== top; parent = dirname(parent)) {
    try {
      rmdirSync(parent);
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === "ENOENT") continue;
      return;
    }
  }
}

/** What a failed write means to a person. Other errors come back as they are. */
export function explainSystemError(error: unknown, ident: FullIdent): unknown {
  const code = systemErrorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT")
    return new HabError(packageErrors.diskFull, `no room on the disk for ${formatIdent(ident)}`, {
      cause: error,
    });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new HabError(packageErrors.notPermitted, `${formatIdent(ident)} cannot be written`, {
      cause: error,
    });
  return error;
}
