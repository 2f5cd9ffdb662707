// Making many new files durable at once.
import { closeSync, constants, fdatasync, fsync, lstatSync, openSync, readdirSync } from "node:fs";
import { systemErrorCode } from "../error/index.ts";
import { errno, libc, systemError } from "./libc.ts";

const SYNCFS = process.arch === "arm64" ? 267 : 306;

const SYNC_FILE_RANGE = process.arch === "arm64" ? 84 : 277;
const SYNC_FILE_RANGE_WRITE = 2;

/** Syncs under way at a time: the disk then answers several with one flush of its cache. */
const SYNCS_AT_A_TIME = 8;

/** What opening a file for its sync may answer although nothing is wrong: a mode that forbids it, a name read wrongly. */
const NOT_TO_BE_OPENED = new Set(["EACCES", "ELOOP", "ENOENT", "ENXIO", "EPERM"]);

/**
 * Lets the kernel begin to write a file's data, so that a later sync finds little left to do. Promises nothing: file systems
 * that cannot do it are left alone.
 */
export function startWriting(descriptor: number): void {
  libc().syscall(SYNC_FILE_RANGE, descriptor, 0, 0, SYNC_FILE_RANGE_WRITE, 0, 0);
}

/** Writes a file's data to disk, on another thread: it may take as long as the disk does. Throws system errors. */
export function syncData(descriptor: number): Promise<void> {
  return settled((done) => fdatasync(descriptor, done));
}

/** As promisify of node:util, which takes 1.4 ms to load. */
function settled(start: (done: (error: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}

/**
 * Writes everything of the file system that holds `directory` to disk: for a tree of many files far quicker than syncing
 * each, but what others have written is waited for too. Throws HAB-HST-005.
 */
export function syncFileSystem(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    const failed = Number(libc().syscall(SYNCFS, descriptor, 0, 0, 0, 0, 0)) !== 0;
    if (failed) throw systemError(`syncfs of ${directory}`, errno());
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Syncs the files and directories in these trees, and the single `directories`, one by one. Answers false, and promises
 * nothing, when there are more than `most` or one cannot be opened: then `syncFileSystem` is the way. Throws system errors.
 */
export async function syncTrees(
  trees: readonly string[],
  directories: readonly string[],
  most: number,
): Promise<boolean> {
  const paths: (string | Buffer)[] = [...directories];
  for (const tree of trees) if (!collect(Buffer.from(tree), paths, most)) return false;
  let next = 0;
  let couldOpen = true;
  const work = async (): Promise<void> => {
    for (let path = paths[next++]; path !== undefined && couldOpen; path = paths[next++]) {
      const descriptor = openForSync(path);
      if (descriptor === undefined) couldOpen = false;
      else await syncAndClose(descriptor);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: SYNCS_AT_A_TIME }, work));
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return couldOpen;
}

/** Appends what is to be synced; answers false when that is too much. Symlinks are part of their directory. */
function collect(directory: Buffer, paths: (string | Buffer)[], most: number): boolean {
  paths.push(directory);
  for (const name of readdirSync(directory, { encoding: "buffer" })) {
    if (paths.length > most) return false;
    const path = Buffer.concat([directory, Buffer.from("/"), name]);
    const status = lstatSync(path);
    if (status.isDirectory()) {
      if (!collect(path, paths, most)) return false;
    } else if (status.isFile()) paths.push(path);
  }
  return paths.length <= most;
}

function openForSync(path: string | Buffer): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (NOT_TO_BE_OPENED.has(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** File systems that cannot sync a directory (EINVAL) are left alone, as by `syncDirectory`. */
async function syncAndClose(descriptor: number): Promise<void> {
  try {
    await settled((done) => fsync(descriptor, done));
  } catch (error) {
    if (systemErrorCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(descriptor);
  }
}
