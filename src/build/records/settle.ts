// Gives everything of a package that was just built what its hart says of it, whatever the machine does by itself: the one
// time of all members, and no setgid bit that directories only have from the directory they were made in. What is built here
// and what is installed from the hart are then the same (and Python finds its compiled modules valid in both).
import { chmodSync, lstatSync, lutimesSync } from "node:fs";
import { dirname } from "node:path";
import { walk } from "../walk.ts";

const SETGID = 0o2000;

/** Settles a release's directory and all below it. Throws the system error of a directory whose mode cannot be changed. */
export function settle(directory: string, epochSeconds: number): void {
  const inherits = (lstatSync(dirname(directory)).mode & SETGID) !== 0;
  const entries = [...walk(directory)];
  if (inherits) {
    dropSetgid(directory);
    for (const { file, entry } of entries) if (entry.isDirectory()) dropSetgid(file);
  }
  settleTimes([...entries.map(({ file }) => file), directory], epochSeconds);
}

/** The times alone, of these. */
export function settleTimes(files: readonly (string | Buffer)[], epochSeconds: number): void {
  try {
    for (const file of files) lutimesSync(file, epochSeconds, epochSeconds);
  } catch {
    // A file system that keeps no times, or a file that was given away: the hart has the times all the same.
  }
}

function dropSetgid(path: string | Buffer): void {
  const { mode } = lstatSync(path);
  if ((mode & SETGID) !== 0) chmodSync(path, mode & 0o7777 & ~SETGID);
}
