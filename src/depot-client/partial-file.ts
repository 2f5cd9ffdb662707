// The file a download is written to until it is whole. Much of one is kept when its process is stopped or dies, under a
// name that says what of which content it is, and the next download of the same takes it up (RFC 9110 §13.1.5: only a
// named version of the content can be continued).
import { constants, fstatSync } from "node:fs";
import { type FileHandle, open, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { type FileLock, lockFile, removeIfPresent, syncDirectory, temporaryPathFor } from "../host/index.ts";
import type { DownloadCheck } from "../package/index.ts";

/** What is less is fetched again sooner than it is looked for. */
const WORTH_KEEPING_BYTES = 1024 * 1024;

/** What nobody has gone on with for so long is in the way. */
const LIFETIME_MS = 7 * 24 * 3600_000;

const READ_BYTES = 1024 * 1024;

export class PartialFile {
  /** Some of it came in a later try than the rest. */
  pieced = false;
  readonly #destination: string;
  readonly #check: DownloadCheck | undefined;
  readonly #file: FileHandle;
  #path: string;
  #lock: FileLock | undefined;
  #received: number;
  #etag: string | undefined;

  private constructor(
    destination: string,
    check: DownloadCheck | undefined,
    now: { path: string; file: FileHandle; lock?: FileLock; received: number; etag?: string },
  ) {
    this.#destination = destination;
    this.#check = check;
    this.#path = now.path;
    this.#file = now.file;
    this.#lock = now.lock;
    this.#received = now.received;
    this.#etag = now.etag;
  }

  /** Takes up what is left of an earlier download to this path, or begins anew. Throws the system's error. */
  static async open(destination: string, check: DownloadCheck | undefined): Promise<PartialFile> {
    // Without a check nobody would notice what a power loss did to bytes that were never synced.
    const left = check === undefined ? undefined : await takeUp(destination);
    if (check !== undefined && left !== undefined) {
      const partial = new PartialFile(destination, check, left);
      await partial.#checkAgain(check);
      return partial;
    }
    const path = temporaryPathFor(destination);
    const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    return new PartialFile(destination, check, { path, file, received: 0 });
  }

  /** Bytes from the start that are here. */
  get received(): number {
    return this.#received;
  }

  /** Of the bytes so far; another one means the rest belongs to something else. */
  get etag(): string | undefined {
    return this.#etag;
  }

  /** From here on come bytes of the content that this tag names. */
  continuesAs(etag: string | undefined): void {
    this.#etag = etag;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#check?.push(bytes);
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#received);
      written += bytesWritten;
      this.#received += bytesWritten;
    }
    if (this.#received >= WORTH_KEEPING_BYTES && this.#lock === undefined) await this.#makeFindable();
  }

  async restart(): Promise<void> {
    if (this.#received === 0) return;
    await this.#file.truncate(0);
    this.#check?.restart();
    this.#received = 0;
    this.#etag = undefined;
    // Its name tells of a content that it no longer is.
    if (this.#lock === undefined) return;
    const path = temporaryPathFor(this.#destination);
    await rename(this.#path, path);
    this.#path = path;
    this.#lock.release();
    this.#lock = undefined;
  }

  /** Gives it its permissions and its name, durably. */
  async finish(mode: number): Promise<void> {
    await this.#file.chmod(mode);
    await this.#file.sync();
    await rename(this.#path, this.#destination);
    await this.#close();
    syncDirectory(dirname(this.#destination));
  }

  /** Leaves it for the next download where that is worth it and `keep` is given, else removes it. */
  async giveUp({ keep }: { readonly keep: boolean }): Promise<void> {
    if (!keep || this.#lock === undefined) removeIfPresent(this.#path);
    await this.#close();
  }

  async #close(): Promise<void> {
    this.#lock?.release();
    await this.#file.close();
  }

  /** Nobody else takes it up while we hold the lock; where somebody is at the same content already, ours stays unnamed. */
  async #makeFindable(): Promise<void> {
    if (this.#check === undefined || this.#etag === undefined) return;
    const path = keptPath(this.#destination, this.#etag);
    if (path === undefined || (await isThere(path))) return;
    const lock = lockFile(this.#path, { exclusive: true });
    if (lock === undefined) return;
    await rename(this.#path, path);
    this.#path = path;
    this.#lock = lock;
  }

  /** The check has to see what an earlier process has received. */
  async #checkAgain(check: DownloadCheck): Promise<void> {
    try {
      const buffer = new Uint8Array(READ_BYTES);
      for (let at = 0; at < this.#received; ) {
        const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) break;
        check.push(buffer.subarray(0, bytesRead));
        at += bytesRead;
      }
    } catch {
      // Whatever is wrong with it, the whole is still to be had.
      await this.restart();
    }
  }
}

interface Left {
  readonly path: string;
  readonly file: FileHandle;
  readonly lock: FileLock;
  readonly received: number;
  readonly etag: string;
}

/** What an earlier process has left of this download, if nobody is at it. */
async function takeUp(destination: string): Promise<Left | undefined> {
  const directory = dirname(destination);
  for (const name of await readdir(directory)) {
    const kept = /^\.part-([0-9a-f]{16})-([\w.+-]{1,128})$/.exec(name);
    if (kept === null) continue;
    const path = join(directory, name);
    if (kept[1] !== keyOf(destination)) {
      await removeOld(path);
      continue;
    }
    const lock = lockFile(path, { exclusive: true });
    if (lock === undefined) continue;
    try {
      const file = await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
      const { size, ino } = await file.stat();
      // Between our look and our lock it may have become whole, and another been begun.
      if (ino === fstatSync(lock.descriptor).ino)
        return { path, file, lock, received: size, etag: `"${kept[2]}"` };
      await file.close();
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT") {
        lock.release();
        throw error;
      }
    }
    lock.release();
  }
  return undefined;
}

async function removeOld(path: string): Promise<void> {
  try {
    if (Date.now() - (await stat(path)).mtimeMs < LIFETIME_MS) return;
    const lock = lockFile(path, { exclusive: true });
    if (lock === undefined) return;
    removeIfPresent(path);
    lock.release();
  } catch {
    // Gone already, or not ours to remove.
  }
}

/** Only tags that are names can be part of one: a depot's is the digest of the content. */
function keptPath(destination: string, etag: string): string | undefined {
  const tag = /^"([\w.+-]{1,128})"$/.exec(etag)?.[1];
  if (tag === undefined) return undefined;
  return join(dirname(destination), `.part-${keyOf(destination)}-${tag}`);
}

function keyOf(destination: string): string {
  return new Bun.CryptoHasher("sha256").update(basename(destination)).digest("hex").slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
