// Scripts from disk, read and taken apart once.
import { lstatSync, readFileSync, statSync } from "node:fs";
import { parseScript, type Script } from "./bash/index.ts";
import { MAX_SCRIPT_BYTES } from "./limits.ts";

/** Scripts by path, so that a file many plans source is read once. */
export type ScriptCache = Map<string, Script | "missing" | "unreadable">;

/** Reads a script of at most 1 MiB; never a device or a pipe. */
export function readScript(path: string, scripts: ScriptCache): Script | "missing" | "unreadable" {
  const known = scripts.get(path);
  if (known !== undefined) return known;
  const read = readScriptFile(path);
  scripts.set(path, read);
  return read;
}

function readScriptFile(path: string): Script | "missing" | "unreadable" {
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined)
      return lstatSync(path, { throwIfNoEntry: false }) === undefined ? "missing" : "unreadable";
    if (!status.isFile() || status.size > MAX_SCRIPT_BYTES) return "unreadable";
    return parseScript(readFileSync(path, "utf8"));
  } catch {
    return "unreadable";
  }
}
