// Receiving bytes into a local file: hashed on the way, bounded, synced. The same for every kind of blob store.
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { removeIfPresent } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import type { BlobDigest, ReceiveLimits } from "./blob-store.ts";

/** A multiple of a page. Each upload that is being received has one. */
const BLOCK_BYTES = 256 * 1024;

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
    const blocks = new BlockWriter(file);
    let size = 0;
    for await (const chunk of body) {
      limits.signal.throwIfAborted();
      size += chunk.length;
      if (size > limits.maxBytes)
        throw new HabError(depotErrors.uploadTooLarge, `the upload has more than ${limits.maxBytes} bytes`);
      hash.update(chunk);
      await blocks.write(chunk);
    }
    limits.signal.throwIfAborted();
    await blocks.end();
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

/**
 * Writes whole blocks of what comes in pieces. Pieces as they come, of any length at any place, are more calls, and leave the
 * file in the system's cache as single pages, which costs each later download of it a third more.
 */
class BlockWriter {
  readonly #file: FileHandle;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #filled = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const rest = chunk.length - at;
      if (this.#filled === 0 && rest >= BLOCK_BYTES) {
        const whole = rest - (rest % BLOCK_BYTES);
        await writeAll(this.#file, chunk.subarray(at, at + whole));
        at += whole;
        continue;
      }
      const taken = Math.min(rest, BLOCK_BYTES - this.#filled);
      this.#block.set(chunk.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === BLOCK_BYTES) await this.end();
    }
  }

  /** Writes what is not a whole block. */
  async end(): Promise<void> {
    await writeAll(this.#file, this.#block.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written);
    written += bytesWritten;
  }
}

/** Random bytes in hexadecimal, without loading node:crypto. */
function randomHex(length: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length))).toString("hex");
}
