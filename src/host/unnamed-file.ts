// Files that have no name before they are whole (O_TMPFILE, open(2)): a process that is killed while it writes one leaves
// nothing behind. File systems without them get a temporary name instead, which `sweepTemporaries` knows.
import { closeSync, fchmodSync, fsync, fsyncSync, openSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { removeIfPresent, syncDirectory, temporaryPathFor } from "./files.ts";
import { cString, errno, errnoName, libc, systemError } from "./libc.ts";
import { openUnnamed } from "./open-unnamed.ts";

const AT_FDCWD = -100;
const AT_SYMLINK_FOLLOW = 0x400;

/** A file that will be at a path, but is not yet. To be closed, which drops it when it has not appeared. */
export class UnnamedFile {
  readonly path: string;
  /** Open to be read and written. */
  readonly descriptor: number;
  /** Its name while it has no other; undefined when it has none at all. */
  #temporary: string | undefined;
  #isOpen = true;

  /** Throws the system error: the directory must be there. */
  constructor(path: string) {
    this.path = path;
    const unnamed = openUnnamed(dirname(path));
    this.#temporary = unnamed === undefined ? temporaryPathFor(path) : undefined;
    this.descriptor = unnamed ?? openSync(this.#temporary ?? path, "wx+", 0o600);
  }

  /** Where it can be read by a path until it is closed. */
  get place(): string {
    return this.#temporary ?? `/proc/self/fd/${this.descriptor}`;
  }

  /** Puts it at its path, in the place of what is there, as it is: whether it is on the disk the caller knows. */
  appear(): void {
    if (this.#temporary === undefined) {
      this.#temporary = temporaryPathFor(this.path);
      giveName(this.descriptor, this.#temporary);
    }
    renameSync(this.#temporary, this.path);
    this.#temporary = undefined;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#temporary !== undefined) removeIfPresent(this.#temporary);
    closeSync(this.descriptor);
  }
}

/** A file with what its mode will be, whatever the umask. */
export interface FileToAppear {
  readonly file: UnnamedFile;
  readonly mode: number;
}

/**
 * Has files appear one after the other, when all of them are on the disk; then their directories are synced. The disk is waited
 * for twice, however many they are: it writes what it is asked for at one time in one go. Rejects with the system error;
 * of the files that follow the one that failed nothing has changed.
 */
export async function appearInOrder(files: readonly FileToAppear[]): Promise<void> {
  for (const { file, mode } of files) fchmodSync(file.descriptor, mode);
  await Promise.all(files.map(({ file }) => sync(file.descriptor)));
  for (const { file } of files) file.appear();
  const directories = [...new Set(files.map(({ file }) => dirname(file.path)))];
  await Promise.all(directories.map(syncDirectoryAside));
}

/** On another thread. */
function sync(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) =>
    fsync(descriptor, (error) => (error === null || error === undefined ? resolve() : reject(error))),
  );
}

/** As `syncDirectory`, on another thread. */
async function syncDirectoryAside(directory: string): Promise<void> {
  const handle = openSync(directory, "r");
  try {
    await sync(handle);
  } catch (error) {
    if (systemErrorCode(error) !== "EINVAL") throw error;
  } finally {
    closeSync(handle);
  }
}

/**
 * Lets `write` fill a new file, and only then puts it at `path`, in the place of what is there. Mode as given whatever the
 * umask; synced, and so is the directory. Throws the system error; on failure nothing at `path` has changed.
 */
export async function writeFileUnnamed(
  path: string,
  mode: number,
  write: (descriptor: number) => Promise<void> | void,
): Promise<void> {
  const file = new UnnamedFile(path);
  try {
    await write(file.descriptor);
    fchmodSync(file.descriptor, mode);
    fsyncSync(file.descriptor);
    file.appear();
  } finally {
    file.close();
  }
  syncDirectory(dirname(path));
}

function giveName(descriptor: number, path: string): void {
  const [from, to] = [cString(`/proc/self/fd/${descriptor}`), cString(path)];
  if (libc().linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) !== 0) {
    const number = errno();
    throw systemError(`linkat ${path} (${errnoName(number)})`, number);
  }
}
