// Contents of harts as JSON, kept once they are known: a release never changes, so its digest names its contents for good.
// Each is a small compressed file of the data directory; the oldest go when there are too many.
import { mkdir, readdir, readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { HabError } from "../../error/index.ts";
import { removeIfPresent, sweepTemporaries, writeFileWhole } from "../../host/index.ts";
import { Refusal } from "../answers.ts";
import type { BlobDigest, BlobStore } from "../blobs/blob-store.ts";
import { collectContents, type HartContents } from "./collect.ts";

/** Harts looked into at the same time; each is a second of processor time or more. */
const MAX_RUNNING = 2;
/** Those that wait for it; more are asked to come again. */
const MAX_WAITING = 16;
/** A hart beyond this is not looked into, in bytes. */
const MAX_HART_BYTES = 2 * 1024 ** 3;
/** After this it is given up. */
const COLLECT_MS = 120_000;
/** Files kept, and their size in all. */
const MAX_KEPT = 5_000;
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** One kept file, decompressed: what the limits of collect.ts allow. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

const ENDING = ".json.gz";
/** Of what is kept. Another number for another shape, so that no program reads what it does not know. */
const SHAPE = "1";

export class ContentsOfHarts {
  readonly #directory: string;
  readonly #blobs: BlobStore;
  readonly #underWay = new Map<BlobDigest, Promise<HartContents | undefined>>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(dataDirectory: string, blobs: BlobStore) {
    this.#directory = join(dataDirectory, "contents");
    this.#blobs = blobs;
  }

  /**
   * The contents of the hart with this digest; undefined when there is no such blob. Two that ask at once share the work.
   * Refuses with 503 when too many others wait, with 422 when it is no hart or too large.
   */
  async of(digest: BlobDigest): Promise<HartContents | undefined> {
    const kept = await this.#kept(digest);
    if (kept !== undefined) return kept;
    let work = this.#underWay.get(digest);
    if (work === undefined) {
      if (this.#waiting.length >= MAX_WAITING)
        throw new Refusal(503, "Too many packages are being looked into", { "Retry-After": "5" });
      work = this.#inTurn(() => this.#collect(digest)).finally(() => this.#underWay.delete(digest));
      this.#underWay.set(digest, work);
    }
    return await work;
  }

  async #inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (this.#running >= MAX_RUNNING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      return await act();
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #collect(digest: BlobDigest): Promise<HartContents | undefined> {
    const content = await this.#blobs.read(digest);
    if (content === undefined) return undefined;
    const signal = AbortSignal.timeout(COLLECT_MS);
    // Wherever the blobs are, the threads that decompress need a file of this machine.
    const file = await this.#blobs.receive(content, { maxBytes: MAX_HART_BYTES, signal });
    try {
      const contents = await collectContents(file.path);
      await this.#keep(digest, contents);
      return contents;
    } catch (error) {
      if (error instanceof HabError && !(error instanceof Refusal))
        throw new Refusal(422, `What is inside cannot be shown: ${error.message}`);
      throw error;
    } finally {
      await file.discard();
    }
  }

  #pathOf(digest: BlobDigest): string {
    return join(this.#directory, `${digest}.${SHAPE}${ENDING}`);
  }

  async #kept(digest: BlobDigest): Promise<HartContents | undefined> {
    const path = this.#pathOf(digest);
    try {
      const text = gunzipSync(await readFile(path), { maxOutputLength: MAX_TEXT_BYTES }).toString();
      const now = new Date();
      await utimes(path, now, now);
      return JSON.parse(text) as HartContents;
    } catch {
      // Not there, or spoiled by whoever: it is made anew from the hart.
      return undefined;
    }
  }

  /** A disk that is full keeps nobody from reading. */
  async #keep(digest: BlobDigest, contents: HartContents): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      await this.#makeRoom();
      writeFileWhole(this.#pathOf(digest), gzipSync(JSON.stringify(contents)), { mode: 0o600 });
    } catch {
      removeIfPresent(this.#pathOf(digest));
    }
  }

  async #makeRoom(): Promise<void> {
    sweepTemporaries(this.#directory);
    const files = [];
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith(ENDING)) continue;
      const path = join(this.#directory, name);
      const { size, mtimeMs } = await stat(path);
      files.push({ path, size, mtimeMs });
    }
    files.sort((a, b) => b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    for (const [index, { path, size }] of files.entries()) {
      bytes += size;
      if (index >= MAX_KEPT - 1 || bytes > MAX_KEPT_BYTES) removeIfPresent(path);
    }
  }
}
