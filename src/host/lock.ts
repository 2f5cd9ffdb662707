// Whole-file locks of the flock(2) kind, which the original uses too (reference/supervisor.md §7). The kernel drops
// them when the process ends, however it ends.
import { closeSync, constants, openSync } from "node:fs";
import { describeError, HabError } from "../error/index.ts";
import { hostErrors } from "./errors.ts";
import { errno, errnoName, libc } from "./libc.ts";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const EINTR = 4;
const EWOULDBLOCK = 11;

export interface FileLock {
  readonly path: string;
  /** Descriptor of the locked file, open for reading, and for writing where the lock was made exclusive. */
  readonly descriptor: number;
  /** Turns an exclusive lock into a shared one. */
  share(): void;
  /** Unlocks and closes; the file stays. A second call does nothing. */
  release(): void;
}

export interface LockOptions {
  readonly exclusive: boolean;
  /** Block (this thread) until the lock is free; without it a taken lock gives undefined. */
  readonly wait?: boolean;
}

/**
 * Locks `path`. An exclusive lock creates the file if need be and never truncates it; a shared one needs it to exist.
 * Undefined when another process holds it and `wait` is not set. Throws HAB-HST-004.
 */
export function lockFile(path: string, options: LockOptions): FileLock | undefined {
  const flags = options.exclusive ? constants.O_RDWR | constants.O_CREAT : constants.O_RDONLY;
  const descriptor = openForLock(path, flags);
  const operation = (options.exclusive ? LOCK_EX : LOCK_SH) | (options.wait === true ? 0 : LOCK_NB);
  const failure = flock(descriptor, operation);
  if (failure === 0) return lockOn(path, descriptor);
  closeSync(descriptor);
  if (failure === EWOULDBLOCK) return undefined;
  throw new HabError(hostErrors.lockFailed, `cannot lock ${path}: ${errnoName(failure)}`);
}

/** Locks a directory, which needs no file for it. Undefined when another process holds the lock. Throws HAB-HST-004. */
export function lockDirectory(path: string): FileLock | undefined {
  const descriptor = openForLock(path, constants.O_RDONLY | constants.O_DIRECTORY);
  const failure = flock(descriptor, LOCK_EX | LOCK_NB);
  if (failure === 0) return lockOn(path, descriptor);
  closeSync(descriptor);
  if (failure === EWOULDBLOCK) return undefined;
  throw new HabError(hostErrors.lockFailed, `cannot lock ${path}: ${errnoName(failure)}`);
}

const RETRY_MILLISECONDS = 50;

/**
 * The same without holding up the thread: tries again until the lock is free or `signal` aborts (then throws its
 * reason). flock(2) has no way to be told, hence the retries.
 */
export async function lockFileWhenFree(
  path: string,
  options: { readonly exclusive: boolean; readonly signal?: AbortSignal },
): Promise<FileLock> {
  for (;;) {
    options.signal?.throwIfAborted();
    const lock = lockFile(path, { exclusive: options.exclusive });
    if (lock !== undefined) return lock;
    await Bun.sleep(RETRY_MILLISECONDS);
  }
}

/** Whether some process holds a lock on `path` that excludes an exclusive one. False when there is no file. */
export function isLocked(path: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY);
  } catch {
    return false;
  }
  try {
    return flock(descriptor, LOCK_EX | LOCK_NB) === EWOULDBLOCK;
  } finally {
    closeSync(descriptor);
  }
}

function openForLock(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o644);
  } catch (error) {
    throw new HabError(hostErrors.lockFailed, `cannot open lock file ${path}: ${describeError(error)}`, {
      cause: error,
    });
  }
}

/** 0 or the error number. */
function flock(descriptor: number, operation: number): number {
  for (;;) {
    if (libc().flock(descriptor, operation) === 0) return 0;
    const failure = errno();
    if (failure !== EINTR) return failure;
  }
}

function lockOn(path: string, descriptor: number): FileLock {
  let held = true;
  return {
    path,
    descriptor,
    share() {
      const failure = flock(descriptor, LOCK_SH | LOCK_NB);
      if (failure !== 0)
        throw new HabError(hostErrors.lockFailed, `cannot share the lock on ${path}: ${errnoName(failure)}`);
    },
    release() {
      if (!held) return;
      held = false;
      flock(descriptor, LOCK_UN);
      closeSync(descriptor);
    },
  };
}
