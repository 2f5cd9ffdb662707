// Members of an archive, written as files.
import {
  chmodSync,
  closeSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { bytesOf, type TarMember, writeAll } from "../package/index.ts";

/** Writes the members below a new directory. A directory named twice is one. Throws system errors. */
export function writeTree(members: Iterable<TarMember>, path: string): void {
  mkdirSync(path, { mode: 0o755 });
  const place = (name: string) => bytesOf(join(path, name));
  /** Modes of directories that may forbid to write into them come last. */
  const modes = new Map<string, number>();
  for (const { name, mode, mtimeSeconds, content } of members) {
    if (content === "directory") {
      mkdirSync(place(name), { recursive: true });
      modes.set(name, mode);
    } else if (content instanceof Uint8Array) {
      const output = openSync(place(name), "wx", 0o600);
      try {
        writeAll(output, content);
      } finally {
        closeSync(output);
      }
      chmodSync(place(name), mode);
      utimesSync(place(name), mtimeSeconds, mtimeSeconds);
    } else if ("file" in content) {
      copyFileSync(bytesOf(content.file), place(name));
      chmodSync(place(name), mode);
      utimesSync(place(name), mtimeSeconds, mtimeSeconds);
    } else if ("hardLink" in content) linkSync(place(content.hardLink), place(name));
    else symlinkSync(bytesOf(content.link), place(name));
  }
  for (const [name, mode] of [...modes].reverse()) chmodSync(place(name), mode);
}
