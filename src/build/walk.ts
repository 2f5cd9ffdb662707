// Files below a directory, in byte order of their paths, so that nothing depends on the order of a directory.
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";

/** An entry below a directory. Links are not followed. */
export interface WalkedEntry {
  readonly path: string;
  readonly entry: Dirent;
}

/** Everything below `directory`, parents before children; `enter` may keep out of directories. Throws the system error. */
export function* walk(
  directory: string,
  enter: (path: string, entry: Dirent) => boolean = () => true,
): Generator<WalkedEntry> {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) =>
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  for (const entry of entries) {
    const path = join(directory, entry.name);
    yield { path, entry };
    if (entry.isDirectory() && enter(path, entry)) yield* walk(path, enter);
  }
}
