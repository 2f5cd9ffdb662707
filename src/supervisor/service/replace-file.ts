// Rendered files: replaced as a whole, without holding up the event loop when a disk is slow. They are made again from
// templates at each start, so they are not synced to disk.
import { chmod, chown, open, readFile, rename, rm } from "node:fs/promises";
import { systemErrorCode } from "../../error/index.ts";
import { temporaryPathFor } from "../../host/index.ts";

export interface FileAttributes {
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

export type FileChange = "created" | "modified" | "unchanged";

/** Makes `path` hold exactly `content`. A file that does already is left alone, attributes included. */
export async function replaceFile(
  path: string,
  content: Uint8Array,
  attributes: FileAttributes,
): Promise<FileChange> {
  const current = await readIfPresent(path);
  if (current !== undefined && Buffer.compare(current, content) === 0) return "unchanged";
  const temporary = temporaryPathFor(path);
  try {
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    if (attributes.owner !== undefined) await chown(temporary, attributes.owner.uid, attributes.owner.gid);
    await chmod(temporary, attributes.mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return current === undefined ? "created" : "modified";
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
