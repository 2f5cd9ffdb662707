// Whole files written without holding up the event loop: as files.ts, with the disk's part on other threads.
import { renameSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { removeIfPresent, temporaryPathFor } from "./files.ts";

/**
 * As `writeFileWhole` with mode 0600: temporary file, write, sync, rename, sync of the directory. `data` must not change
 * until then. Nothing is renamed, and false answered, when `isWanted` says at that moment that something newer is there.
 * Rejects with the system error; then nothing at `path` has changed, unless the last sync failed.
 */
export async function writeFileWholeInBackground(
  path: string,
  data: string | Uint8Array,
  isWanted: () => boolean = () => true,
): Promise<boolean> {
  const temporary = temporaryPathFor(path);
  const file = await open(temporary, "wx", 0o600);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    if (!isWanted()) {
      removeIfPresent(temporary);
      return false;
    }
    // Not on another thread: nothing may be written there between the question and the rename.
    renameSync(temporary, path);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
  await syncDirectoryInBackground(dirname(path));
  return true;
}

async function syncDirectoryInBackground(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } catch (error) {
    if (systemErrorCode(error) !== "EINVAL") throw error;
  } finally {
    await handle.close();
  }
}
