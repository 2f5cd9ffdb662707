// Whole files written without holding up the event loop: as files.ts, with the disk's part on other threads.
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { removeIfPresent, temporaryPathFor } from "./files.ts";

/**
 * As `writeFileWhole` with mode 0600: temporary file, write, sync, rename, sync of the directory. `data` must not change
 * until then. Rejects with the system error; then nothing at `path` has changed, unless the last sync failed.
 */
export async function writeFileWholeInBackground(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = temporaryPathFor(path);
  const file = await open(temporary, "wx", 0o600);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    removeIfPresent(temporary);
    throw error;
  }
  await syncDirectoryInBackground(dirname(path));
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
