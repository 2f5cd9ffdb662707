// A place for what is not finished, which goes away with whoever uses it; what killed processes left in theirs is swept by the
// next one that needs a place beside it.
import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type FileLock, lockFile } from "../host/index.ts";

const PREFIX = ".hab-export-";
const LOCK = "lock";

export class WorkDirectory {
  readonly path: string;
  readonly #lock: FileLock | undefined;

  /** Throws system errors: the parent must be there. */
  constructor(parent: string) {
    sweep(parent);
    this.path = mkdtempSync(join(parent, PREFIX));
    this.#lock = lockFile(join(this.path, LOCK), { exclusive: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
    this.#lock?.release();
  }
}

/** One that is being made has no lock file yet, and is left alone like one whose lock is held. */
function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    try {
      // The parent may be for everybody: what is not ours is not even looked into.
      const { uid } = lstatSync(path);
      if (uid !== process.geteuid?.() || !readdirSync(path).includes(LOCK)) continue;
      const lock = lockFile(join(path, LOCK), { exclusive: true });
      if (lock === undefined) continue;
      rmSync(path, { recursive: true, force: true });
      lock.release();
    } catch {
      // Somebody else's, or gone in the meantime.
    }
  }
}
