// Files that have no name before they are whole (O_TMPFILE, open(2)): a process that is killed while it writes one leaves
// nothing behind. File systems without them get a temporary name instead, which `sweepTemporaries` knows.
import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { isPresent, removeIfPresent, syncDirectory, temporaryPathFor } from "./files.ts";
import { cString, errno, errnoName, libc, systemError } from "./libc.ts";

/** The same on x86-64 and arm64 but for O_DIRECTORY, which is part of it. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** What a file system, or a kernel, without such files answers. */
const NOT_SUPPORTED = new Set(["EOPNOTSUPP", "ENOTSUP", "EISDIR", "ENOENT", "EINVAL"]);

const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;

/**
 * Lets `write` fill a new file, and only then puts it at `path`, in the place of what is there. Mode as given whatever the
 * umask; synced, and so is the directory. Throws the system error; on failure nothing at `path` has changed.
 */
export async function writeFileUnnamed(
  path: string,
  mode: number,
  write: (descriptor: number) => Promise<void> | void,
): Promise<void> {
  const unnamed = openUnnamed(dirname(path));
  const temporary = temporaryPathFor(path);
  const descriptor = unnamed ?? openSync(temporary, "wx+", 0o600);
  try {
    await write(descriptor);
    fchmodSync(descriptor, mode);
    fsyncSync(descriptor);
    if (unnamed !== undefined) giveName(descriptor, temporary);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  syncDirectory(dirname(path));
}

function openUnnamed(directory: string): number | undefined {
  // The name is given by way of /proc.
  if (!isPresent("/proc/self/fd")) return undefined;
  try {
    return openSync(directory, constants.O_RDWR | O_TMPFILE, 0o600);
  } catch (error) {
    // A directory that is missing is found out by the other way too.
    if (NOT_SUPPORTED.has(systemErrorCode(error) ?? "")) return undefined;
    throw error;
  }
}

function giveName(descriptor: number, path: string): void {
  const [from, to] = [cString(`/proc/self/fd/${descriptor}`), cString(path)];
  if (libc().linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) !== 0) {
    const number = errno();
    throw systemError(`linkat ${path} (${errnoName(number)})`, number);
  }
}
