// The data directory: made when missing, and one depot at a time on it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { type FileLock, lockFile } from "../host/index.ts";
import { depotErrors } from "./errors.ts";

/** Creates the directory, readable by its owner alone. Throws HabError `dataDirectoryUnusable`. */
export function makeDataDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new HabError(
      depotErrors.dataDirectoryUnusable,
      `cannot create the depot's data directory ${directory}`,
      { cause },
    );
  }
}

/** Keeps other depots off the directory until released. Throws HabError `dataDirectoryInUse`. */
export function lockDataDirectory(directory: string): FileLock {
  const lock = lockFile(join(directory, "LOCK"), { exclusive: true });
  if (lock === undefined)
    throw new HabError(depotErrors.dataDirectoryInUse, `another depot runs on ${directory}`);
  return lock;
}
