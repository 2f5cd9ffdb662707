// Reads the files of a project for `hab plan init`: only names and short texts, never more than a person would look at.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../../error/index.ts";
import type { ProjectFiles } from "./project.ts";

const LONGEST_TEXT_BYTES = 1024 * 1024;

/** The files below a directory. */
export function filesIn(directory: string): ProjectFiles {
  return {
    has: (path) => present(() => statSync(join(directory, path))) !== undefined,
    read(path) {
      const file = join(directory, path);
      const status = present(() => statSync(file));
      if (status === undefined || !status.isFile() || status.size > LONGEST_TEXT_BYTES) return undefined;
      return present(() => readFileSync(file, "utf8"));
    },
    list: (path) =>
      (present(() => readdirSync(join(directory, path))) ?? [])
        .filter((name) => !name.startsWith("."))
        .sort(),
  };
}

/** Undefined for what is not there, or not to be read. */
function present<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES", "ELOOP"].includes(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
}
