// Who installs a release: one process at a time, so that several that want the same one download and unpack it once. A
// claim is a lock file beside the release's place; the kernel drops the lock however its holder ends.
import { fstatSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { ensureSharedDirectory, type FileLock, lockFile } from "../host/index.ts";
import { type FullIdent, formatIdent } from "./ident.ts";
import { installPath } from "./installed.ts";
import { removeEmptyParents } from "./staging.ts";
import { CLAIM_SUFFIX, TEMPORARY_PREFIX } from "./store.ts";

/** The version directory may be removed, being empty, and the lock file by its last holder, while we take it. */
const MOST_ATTEMPTS = 20;

const RETRY_MILLISECONDS = 20;

export class Claim {
  readonly ident: FullIdent;
  readonly #root: string;
  readonly #lock: FileLock;

  private constructor(ident: FullIdent, root: string, lock: FileLock) {
    this.ident = ident;
    this.#root = root;
    this.#lock = lock;
  }

  /** Claims a release; undefined while somebody else holds it. Never waits. Throws system errors. */
  static take(ident: FullIdent, root: string): Claim | undefined {
    const version = dirname(installPath(ident, root));
    const path = join(version, `${TEMPORARY_PREFIX}-${ident.release}${CLAIM_SUFFIX}`);
    for (let attempt = 1; ; attempt++) {
      ensureSharedDirectory(version);
      try {
        const lock = lockFile(path, { exclusive: true });
        if (lock === undefined) return undefined;
        if (isSameFile(lock.descriptor, path)) return new Claim(ident, root, lock);
        lock.release();
      } catch (error) {
        const cause = error instanceof HabError && error.cause !== undefined ? error.cause : error;
        if (systemErrorCode(cause) !== "ENOENT" || attempt >= MOST_ATTEMPTS) throw cause;
      }
      if (attempt >= MOST_ATTEMPTS) throw new Error(`${formatIdent(ident)} cannot be claimed`);
    }
  }

  /** Claims a release when it is free. `onWait` is told once if that takes time; `signal` ends the wait. */
  static async whenFree(
    ident: FullIdent,
    root: string,
    { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait: () => void },
  ): Promise<Claim> {
    let told = false;
    for (;;) {
      const claim = Claim.take(ident, root);
      if (claim !== undefined) return claim;
      if (!told) onWait();
      told = true;
      await pauseBeforeRetry(signal);
    }
  }

  /** Gives the release up, whether it is installed by now or not. Never throws. */
  release(): void {
    try {
      // While the lock is held: whoever opened the file meanwhile sees that it is not the one at the path any more.
      unlinkSync(this.#lock.path);
      removeEmptyParents(this.#lock.path, this.#root);
    } catch {
      // The next install there sweeps it.
    }
    this.#lock.release();
  }
}

/** A short pause; flock(2) has no way to be told when a lock is free. Throws the signal's reason. */
export async function pauseBeforeRetry(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await Bun.sleep(RETRY_MILLISECONDS);
}

function isSameFile(descriptor: number, path: string): boolean {
  const open = fstatSync(descriptor);
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === open.ino && there.dev === open.dev;
}
