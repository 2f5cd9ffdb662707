// Everything below a directory, in byte order of the names, so that nothing depends on the order of a directory. Names are
// bytes to the system: those that are no UTF-8 are walked like any other.
import { type Dirent, lstatSync, readdirSync } from "node:fs";

/** What an entry is. */
export type EntryKind = Pick<Dirent, "name" | "isFile" | "isDirectory" | "isSymbolicLink">;

/** An entry below a directory. Links are not followed. */
export interface WalkedEntry {
  /** As text, for people; `file` is what the system takes. */
  readonly path: string;
  /** The same path; as bytes when it is no UTF-8. */
  readonly file: string | Buffer;
  readonly entry: EntryKind;
}

/** Everything below `directory`, parents before children; `enter` may keep out of directories. Throws the system error. */
export function* walk(
  directory: string | Buffer,
  enter: (path: string, entry: EntryKind) => boolean = () => true,
): Generator<WalkedEntry> {
  for (const found of entriesOf(directory)) {
    yield found;
    if (found.entry.isDirectory() && enter(found.path, found.entry)) yield* walk(found.file, enter);
  }
}

/** The entries of one directory, in byte order of their names. Throws the system error. */
export function entriesOf(directory: string | Buffer): WalkedEntry[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  if (typeof directory === "string" && !entries.some(({ name }) => name.includes("\ufffd")))
    return entries
      .sort((a, b) => byteOrder(a.name, b.name))
      .map((entry) => ({ path: `${directory}/${entry.name}`, file: `${directory}/${entry.name}`, entry }));
  const place = Buffer.concat([Buffer.from(directory), Buffer.from("/")]);
  return readdirSync(directory, { encoding: "buffer" })
    .sort(Buffer.compare)
    .map((name) => {
      const file = Buffer.concat([place, name]);
      const status = lstatSync(file);
      const entry: EntryKind = {
        name: name.toString(),
        isFile: () => status.isFile(),
        isDirectory: () => status.isDirectory(),
        isSymbolicLink: () => status.isSymbolicLink(),
      };
      return { path: file.toString(), file, entry };
    });
}

/** Order of two texts by their bytes in UTF-8. Only surrogates make that differ from the order of characters. */
export function byteOrder(a: string, b: string): number {
  if (!/[\ud800-\uffff]/.test(a + b)) return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
