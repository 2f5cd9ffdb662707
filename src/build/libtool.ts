// Libtool's ltmain.sh puts directories of the host into the search path of what it links. The text that does is taken
// out before anything is built (reference/plan-build.md §9 step 13).
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { isPresent, writeFileWhole } from "../host/index.ts";
import { walk } from "./walk.ts";

const SEARCH_PATH = /eval sys_lib_.*search_path=.*/g;

/** Changes every ltmain.sh (any case) below `directory`; returns their paths. */
export function fixLibtoolScripts(directory: string): string[] {
  if (!isPresent(directory)) return [];
  const fixed: string[] = [];
  for (const { path, file, entry } of walk(directory, (_, each) => each.name !== ".git")) {
    if (!entry.isFile() || entry.name.toLowerCase() !== "ltmain.sh") continue;
    // latin1 keeps every byte as it is.
    const text = readFileSync(file, "latin1");
    const changed = text.replace(SEARCH_PATH, "");
    const bytes = Buffer.from(changed, "latin1");
    if (changed !== text) {
      if (typeof file === "string") writeFileWhole(file, bytes, { mode: statSync(file).mode & 0o7777 });
      else writeFileSync(file, bytes);
    }
    fixed.push(path);
  }
  return fixed;
}
