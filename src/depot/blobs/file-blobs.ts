// Blobs as files: `blobs/ab/<digest>`. An upload is written to `uploads/`, synced, linked to its blob's name, and
// unlinked once its row is committed; so after a crash each file left in `uploads/` names a blob to look at, and
// nothing else needs to be searched.
import { constants } from "node:fs";
import { type FileHandle, link, mkdir, open, readdir, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { removeIfPresent, syncDirectory } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import type { BlobDigest, BlobStore, IncomingBlob, IsReferenced, ReceiveLimits } from "./blob-store.ts";

const DIGEST = /^[0-9a-f]{64}$/;

/** Opens (and creates) the blob store in `directory`. `isReferenced` asks the database. */
export async function openFileBlobs(directory: string, isReferenced: IsReferenced): Promise<BlobStore> {
  const blobs = join(directory, "blobs");
  const uploads = join(directory, "uploads");
  await mkdir(blobs, { recursive: true, mode: 0o700 });
  await mkdir(uploads, { recursive: true, mode: 0o700 });
  return new FileBlobs(blobs, uploads, isReferenced);
}

class FileBlobs implements BlobStore {
  readonly #blobs: string;
  readonly #uploads: string;
  readonly #isReferenced: IsReferenced;
  /** Uploads between link and commit, by digest: their blob is not to be removed by another one's failure. */
  readonly #pending = new Map<BlobDigest, number>();

  constructor(blobs: string, uploads: string, isReferenced: IsReferenced) {
    this.#blobs = blobs;
    this.#uploads = uploads;
    this.#isReferenced = isReferenced;
  }

  #pathOf(digest: BlobDigest): string {
    if (!DIGEST.test(digest)) throw new HabError(depotErrors.databaseFailed, `not a digest: ${digest}`);
    return join(this.#blobs, digest.slice(0, 2), digest);
  }

  async receive(body: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<IncomingBlob> {
    const name = randomHex(12);
    const path = join(this.#uploads, `${name}.part`);
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
      return this.#incoming(path, hash.digest("hex"), size);
    } catch (error) {
      removeIfPresent(path);
      throw error;
    } finally {
      await file.close();
    }
  }

  #incoming(path: string, digest: BlobDigest, size: number): IncomingBlob {
    return {
      digest,
      size,
      path,
      keep: async (commit) => {
        this.#pending.set(digest, (this.#pending.get(digest) ?? 0) + 1);
        // The name says which blob to look at if we die before the row is committed.
        const intent = join(this.#uploads, `${digest}.${randomHex(6)}`);
        try {
          await link(path, intent);
          await unlink(path);
          syncDirectory(this.#uploads);
          await this.#linkBlob(intent, digest);
          const result = await commit();
          this.#settle(digest);
          return result;
        } catch (error) {
          this.#settle(digest);
          await this.removeUnreferenced(digest);
          throw error;
        } finally {
          removeIfPresent(intent);
          removeIfPresent(path);
        }
      },
      discard: async () => removeIfPresent(path),
    };
  }

  #settle(digest: BlobDigest): void {
    const others = (this.#pending.get(digest) ?? 1) - 1;
    if (others > 0) this.#pending.set(digest, others);
    else this.#pending.delete(digest);
  }

  async #linkBlob(source: string, digest: BlobDigest): Promise<void> {
    const path = this.#pathOf(digest);
    const shelf = join(this.#blobs, digest.slice(0, 2));
    if ((await mkdir(shelf, { recursive: true, mode: 0o700 })) !== undefined) syncDirectory(this.#blobs);
    try {
      await link(source, path);
    } catch (error) {
      // The same bytes are here already.
      if (systemErrorCode(error) !== "EEXIST") throw error;
    }
    syncDirectory(shelf);
  }

  async open(digest: BlobDigest): Promise<Blob | undefined> {
    const path = this.#pathOf(digest);
    try {
      await stat(path);
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw error;
    }
    return Bun.file(path);
  }

  async removeUnreferenced(digest: BlobDigest): Promise<void> {
    if (this.#pending.has(digest) || (await this.#isReferenced(digest))) return;
    // Asked again: an upload of the same bytes may have begun while the database answered.
    if (!this.#pending.has(digest)) removeIfPresent(this.#pathOf(digest));
  }

  async recover(): Promise<void> {
    for (const name of await readdir(this.#uploads)) {
      const [digest = ""] = name.split(".");
      if (DIGEST.test(digest)) await this.removeUnreferenced(digest);
      removeIfPresent(join(this.#uploads, name));
    }
  }
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
