// Making many new files durable at once.
import { closeSync, openSync } from "node:fs";
import { errno, libc, systemError } from "./libc.ts";

const SYNCFS = process.arch === "arm64" ? 267 : 306;

const SYNC_FILE_RANGE = process.arch === "arm64" ? 84 : 277;
const SYNC_FILE_RANGE_WRITE = 2;

/**
 * Lets the kernel begin to write a file's data, so that a later sync finds little left to do. Promises nothing: file systems
 * that cannot do it are left alone.
 */
export function startWriting(descriptor: number): void {
  libc().syscall(SYNC_FILE_RANGE, descriptor, 0, 0, SYNC_FILE_RANGE_WRITE, 0, 0);
}

/**
 * Writes everything of the file system that holds `directory` to disk: for a tree of many files far quicker than syncing
 * each. Throws HAB-HST-005.
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
