// Blobs as files: `blobs/ab/<digest>`. An upload is written to `uploads/`, synced, announced (ledger.ts) and linked to
// its blob's name before its row is committed; so a start after a crash looks at the announcements, and at nothing else.
import { statSync } from "node:fs";
import { link, mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import { removeIfPresent, syncDirectory } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";
import {
  BLOB_DIGEST,
  type BlobDigest,
  type BlobStore,
  type IncomingBlob,
  type ReceiveLimits,
  type StoredBlob,
} from "./blob-store.ts";
import { type ReceivedFile, receiveFile, removeLeftovers, uploadsDirectory } from "./incoming.ts";
import type { BlobLedger } from "./ledger.ts";

/** Opens (and creates) the blob store in `directory`. */
export async function openFileBlobs(directory: string, ledger: BlobLedger): Promise<BlobStore> {
  const blobs = join(directory, "blobs");
  await mkdir(blobs, { recursive: true, mode: 0o700 });
  return new FileBlobs(blobs, await uploadsDirectory(directory), ledger);
}

class FileBlobs implements BlobStore {
  readonly isShared = false;
  readonly #blobs: string;
  readonly #uploads: string;
  readonly #ledger: BlobLedger;

  constructor(blobs: string, uploads: string, ledger: BlobLedger) {
    this.#blobs = blobs;
    this.#uploads = uploads;
    this.#ledger = ledger;
  }

  #pathOf(digest: BlobDigest): string {
    if (!BLOB_DIGEST.test(digest)) throw new HabError(depotErrors.databaseFailed, `not a digest: ${digest}`);
    return join(this.#blobs, digest.slice(0, 2), digest);
  }

  async receive(body: AsyncIterable<Uint8Array>, limits: ReceiveLimits): Promise<IncomingBlob> {
    const received = await receiveFile(this.#uploads, body, limits);
    return {
      ...received,
      keep: (commit) => this.#keep(received, commit),
      discard: async () => removeIfPresent(received.path),
    };
  }

  async #keep<Result>(
    { path, digest }: ReceivedFile,
    commit: Parameters<IncomingBlob["keep"]>[0],
  ): Promise<Result> {
    try {
      const intent = await this.#ledger.announce(digest);
      try {
        await this.#linkBlob(path, digest);
        return (await this.#ledger.settle(intent, commit)) as Result;
      } catch (error) {
        await this.removeUnreferenced(digest, intent);
        throw error;
      }
    } finally {
      removeIfPresent(path);
    }
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

  async #sizeOf(digest: BlobDigest): Promise<number | undefined> {
    try {
      return (await stat(this.#pathOf(digest))).size;
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async answer(
    digest: BlobDigest,
    request: Request,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response | undefined> {
    const path = this.#pathOf(digest);
    // Asked here and now, as the server opens it: a thread to ask on costs more than all else of a small download.
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    // The server sends the file itself, and the part that a Range asks for; only without one it does not say that it can.
    return new Response(Bun.file(path), {
      headers: { ...headers, ...(request.headers.has("range") ? {} : { "Accept-Ranges": "bytes" }) },
    });
  }

  async read(digest: BlobDigest): Promise<AsyncIterable<Uint8Array> | undefined> {
    if ((await this.#sizeOf(digest)) === undefined) return undefined;
    return Bun.file(this.#pathOf(digest)).stream();
  }

  async *list(): AsyncGenerator<StoredBlob> {
    for (const shelf of await readdir(this.#blobs)) {
      for (const digest of await readdir(join(this.#blobs, shelf))) {
        if (!BLOB_DIGEST.test(digest)) continue;
        const { size, mtimeMs } = await stat(join(this.#blobs, shelf, digest));
        yield { digest, size, modifiedAt: mtimeMs };
      }
    }
  }

  async removeUnreferenced(digest: BlobDigest, intent?: string): Promise<void> {
    await this.#ledger.removeUnreferenced(digest, intent, async () => removeIfPresent(this.#pathOf(digest)));
  }

  async takeAway(digest: BlobDigest): Promise<void> {
    removeIfPresent(this.#pathOf(digest));
  }

  /** For a start: the data directory is locked, so whatever was announced or begun here has died. */
  async sweep(): Promise<void> {
    for (const name of await removeLeftovers(this.#uploads)) {
      // Before there were announcements, a file of this name was one.
      const [digest = ""] = name.split(".");
      if (BLOB_DIGEST.test(digest)) await this.removeUnreferenced(digest);
    }
    for (const { id, digest } of await this.#ledger.olderThan(0)) await this.removeUnreferenced(digest, id);
  }
}
