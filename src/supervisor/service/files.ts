// Files uploaded for a service group, written below files/ of each member's service (reference/services.md §13.3).
import { basename, join } from "node:path";
import { describeError, HabError } from "../../error/index.ts";
import { serviceIdentity } from "../../package/index.ts";
import type { CensusFile } from "../census/census.ts";
import { supervisorErrors } from "../errors.ts";
import type { Output } from "../output.ts";
import type { ServicePackage } from "./package.ts";
import { replaceFile } from "./replace-file.ts";

const FILE_MODE = 0o640;

/** Refuses a name that would be written anywhere but directly below files/. Throws `unsafeFileName`. */
export function assertPlainFileName(name: string): void {
  if (name !== "" && name !== "." && name !== ".." && basename(name) === name && !name.includes("\0")) return;
  throw new HabError(supervisorErrors.unsafeFileName, `${JSON.stringify(name)} is not a plain file name`);
}

/** Writes what differs from disk; whether anything was written. Failures are told and leave the other files alone. */
export async function applyServiceFiles(
  group: string,
  pkg: ServicePackage,
  files: ReadonlyMap<string, CensusFile>,
  output: Output,
): Promise<boolean> {
  let written = false;
  for (const file of files.values()) {
    try {
      assertPlainFileName(file.filename);
      const identity = serviceIdentity(pkg.account);
      const change = await replaceFile(join(pkg.paths.files, file.filename), file.body, {
        mode: FILE_MODE,
        ...(identity === undefined ? {} : { owner: identity }),
      });
      if (change === "unchanged") continue;
      written = true;
      output.line(group, "SR", `Service file updated, ${file.filename}`);
    } catch (error) {
      output.line(group, "SR", `Unable to write service file ${file.filename}: ${describeError(error)}`);
    }
  }
  return written;
}
