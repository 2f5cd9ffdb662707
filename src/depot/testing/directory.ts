// For tests: a new directory on a disk of memory where there is one. A depot waits for the disk at every commit, and what
// tests of its answers look at is not the disk.
import { accessSync, constants, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";

export function temporaryDirectory(prefix: string): string {
  return mkdtempSync(join(isUsable(MEMORY) ? MEMORY : tmpdir(), prefix));
}

function isUsable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
