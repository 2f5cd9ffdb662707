// Files without a name (O_TMPFILE, open(2)). By itself, for who starts first and loads no more than it must.
import { constants, existsSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { systemErrorCode } from "../error/index.ts";

/** The same on x86-64 and arm64 but for O_DIRECTORY, which is part of it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** What a file system, or a kernel, without such files answers. */
const NOT_SUPPORTED = new Set(["EOPNOTSUPP", "ENOTSUP", "EISDIR", "ENOENT", "EINVAL"]);

/** A new file in a directory, without a name; undefined where the file system has no such files. Throws the system error. */
export function openUnnamed(directory: string): number | undefined {
  // The name is given by way of /proc.
  if (!existsSync("/proc/self/fd")) return undefined;
  try {
    return openSync(directory, constants.O_RDWR | O_TMPFILE, 0o600);
  } catch (error) {
    // A directory that is missing is found out by the other way too.
    if (NOT_SUPPORTED.has(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
}

/** The same everywhere: where there are none, a file that loses its name at once. Throws the system error. */
export function openScratch(directory: string): number {
  const unnamed = openUnnamed(directory);
  if (unnamed !== undefined) return unnamed;
  const place = mkdtempSync(`${directory}/hab-`);
  try {
    return openSync(`${place}/scratch`, "wx+", 0o600);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
