// Gives everything of a package that was just built the one time that its hart has, so that what is built here and what is
// installed from the hart are the same (and Python finds its compiled modules valid in both).
import { lutimesSync } from "node:fs";
import { walk } from "../walk.ts";

/** Sets access and modification time of the directory and all below it. Never throws: nothing depends on it but speed. */
export function settleTimes(directory: string, epochSeconds: number): void {
  try {
    for (const { path } of walk(directory)) lutimesSync(path, epochSeconds, epochSeconds);
    lutimesSync(directory, epochSeconds, epochSeconds);
  } catch {
    // A file system that keeps no times, or a file that was given away: the hart has the times all the same.
  }
}
