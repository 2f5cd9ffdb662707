// Receiving bytes into a local file: hashed on the way, bounded, synced. The same for every kind of blob store.
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { removeIfPresent } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import type { BlobDigest, ReceiveLimits } from "./blob-store.ts";

/** A file in the directory for uploads, whole and synced. */
export interface ReceivedFile {
  readonly path: string;
  readonly digest: BlobDigest;
  readonly size: number;
}

/** The directory for uploads inside the data directory, made when missing. */
export async function uploadsDirectory(dataDirectory: string): Promise<string> {
  const directory = join(dataDirectory, "uploads");
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** Reads a body to its end. Throws HabError `uploadTooLarge`, the signal's reason, or the system's error. */
export async function receiveFile(
  directory: string,
  body: AsyncIterable<Uint8Array>,
  limits: ReceiveLimits,
): Promise<ReceivedFile> {
  const path = join(directory, `${randomHex(12)}.part`);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    const hash = new Bun.CryptoHasher("blake2b256");
    let size = 0;
    for await (const chunk of body) {
      limits.signal.throwIfAborted();
      size += chunk.length;
      if (size > limits.maxBytes)
        throw new HabError(depotErrors.uploadTooLarge, `the upload has more than ${limits.maxBytes} bytes`);
      hash.update(chunk);
      await writeAll(file, chunk);
    }
    limits.signal.throwIfAborted();
    await file.sync();
    return { path, digest: hash.digest("hex"), size };
  } catch (error) {
    removeIfPresent(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Removes what broken uploads left in the directory; for a start, when nothing is being received. */
export async function removeLeftovers(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  for (const name of names) removeIfPresent(join(directory, name));
  return names;
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, written);
    written += bytesWritten;
  }
}

/** Random bytes in hexadecimal, without loading node:crypto. */
function randomHex(length: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString("hex");
}
