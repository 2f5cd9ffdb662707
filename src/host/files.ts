// Whole files: nobody ever sees a half-written file, and what was acknowledged survives power loss
// (reference/packages.md §9.3).
import {
  chmodSync,
  chownSync,
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemErrorCode } from "../error/index.ts";

export interface WriteOptions {
  /** Permission bits, independent of the umask. Compat: 0600 when not given, as the original's temporary files. */
  readonly mode?: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** A name in the same directory that no reader takes for the real thing (`.tmp` prefix, ignored everywhere). */
export function temporaryPathFor(path: string): string {
  return join(dirname(path), `.tmp${crypto.getRandomValues(new Uint8Array(6)).toHex()}`);
}

/** A temporary file that nobody has written to for so long belongs to a process that is gone. */
export const TEMPORARY_LIFETIME_MS = 60 * 60 * 1000;

/**
 * Removes what killed processes have left of `temporaryPathFor` in a directory: what is old, or where nobody but the caller
 * writes, all of it. Never throws: it is in nobody's way.
 */
export function sweepTemporaries(directory: string, options: { readonly all?: boolean } = {}): void {
  try {
    for (const name of readdirSync(directory)) {
      if (!/^\.tmp[0-9a-f]{12}$/.test(name)) continue;
      const path = join(directory, name);
      if (options.all === true || Date.now() - lstatSync(path).mtimeMs > TEMPORARY_LIFETIME_MS)
        removeIfPresent(path);
    }
  } catch {
    // Gone already, or not ours to remove.
  }
}

/**
 * Replaces `path` by `data` as a whole: temporary file in the same directory, write, mode, sync, rename, sync of the
 * directory. The directory must exist. Throws the system error; on failure nothing at `path` has changed.
 */
export function writeFileWhole(path: string, data: string | Uint8Array, options: WriteOptions = {}): void {
  const temporary = temporaryPathFor(path);
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  const file = openSync(temporary, "wx", 0o600);
  try {
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
      if (options.owner !== undefined) fchownSync(file, options.owner.uid, options.owner.gid);
      if (options.mode !== undefined) fchmodSync(file, options.mode);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Makes renames in `directory` durable. File systems that cannot sync a directory (EINVAL) are left alone. */
export function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } catch (error) {
    if (systemErrorCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(handle);
  }
}

/** Removes a file; a missing one is fine. */
export function removeIfPresent(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

/** Text of a file, or undefined when there is none. Other failures throw. */
export function readTextIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Whether a regular file (symlinks followed) is at `path`. */
export function isRegularFile(path: string): boolean {
  try {
    // Without an entry there is no exception to be made, which costs more than the call.
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch {
    return false;
  }
}

/** Whether anything at all is at `path`, a dangling symlink included. */
export function isPresent(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/**
 * Creates a directory (and parents) and gives it and each ancestor we own the mode 0755, stopping below the first
 * ancestor named `hab` (reference/packages.md §9.2: a umask of 0077 must not make packages unreadable).
 */
export function ensureSharedDirectory(path: string): void {
  mkdirSync(path, { recursive: true });
  const uid = process.geteuid?.() ?? 0;
  const gid = process.getegid?.() ?? 0;
  for (
    let current = path;
    basename(current) !== "hab" && dirname(current) !== current;
    current = dirname(current)
  ) {
    const status = statSync(current);
    if (status.uid === uid && status.gid === gid && (status.mode & 0o7777) !== 0o755)
      chmodSync(current, 0o755);
  }
}

/** Creates a directory with exactly this mode and owner if it is absent; an existing one is left as it is. */
export function ensureOwnedDirectory(path: string, mode: number, owner?: { uid: number; gid: number }): void {
  if (isPresent(path)) return;
  mkdirSync(path, { mode });
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid);
  chmodSync(path, mode);
}
