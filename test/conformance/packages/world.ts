// Makes the file system a recorded case starts from, and tells what is there afterwards.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface WorldEntry {
  readonly path: string;
  readonly type?: string;
  readonly content?: string | null;
  readonly base64?: string;
  readonly mode?: string;
  readonly target?: string;
}

/** A fresh directory for one case, with the entries of its world; `remove` when done. */
export class World {
  readonly root = mkdtempSync(join(tmpdir(), "hab-vector-"));

  constructor(entries: readonly WorldEntry[] = []) {
    for (const entry of entries) this.create(entry);
  }

  create(entry: WorldEntry): void {
    const path = this.expand(entry.path);
    mkdirSync(dirname(path), { recursive: true });
    if (entry.type === "dir") mkdirSync(path, { recursive: true });
    else if (entry.type === "symlink") symlinkSync(this.expand(entry.target ?? ""), path);
    else
      writeFileSync(
        path,
        entry.base64 === undefined ? (entry.content ?? "") : Buffer.from(entry.base64, "base64"),
      );
    if (entry.mode !== undefined && entry.type !== "symlink") chmodSync(path, Number.parseInt(entry.mode, 8));
  }

  /** `$ROOT` → the directory. */
  expand(text: string): string {
    return text.replaceAll("$ROOT", this.root);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
