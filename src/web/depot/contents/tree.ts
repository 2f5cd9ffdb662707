// Files of a package as a tree, and the rows of it that are open. Pure.
import type { ContentsFile } from "../api/types.ts";

export interface Row {
  readonly path: string;
  readonly name: string;
  /** Steps from the top. */
  readonly depth: number;
  /** Of a file, or of all files in a directory, in bytes. */
  readonly size: number;
  /** Files in a directory; undefined for a file. */
  readonly fileCount: number | undefined;
  readonly file: ContentsFile | undefined;
}

interface Directory {
  readonly path: string;
  readonly name: string;
  readonly directories: Map<string, Directory>;
  readonly files: ContentsFile[];
  size: number;
  fileCount: number;
}

/** The top of the tree. */
export function treeOf(files: readonly ContentsFile[]): Directory {
  const top = directory("", "");
  for (const file of files) {
    const parts = file.path.split("/");
    let at = top;
    at.size += file.size;
    at.fileCount++;
    for (const part of parts.slice(0, -1)) {
      let next = at.directories.get(part);
      if (next === undefined) {
        next = directory(at.path === "" ? part : `${at.path}/${part}`, part);
        at.directories.set(part, next);
      }
      next.size += file.size;
      next.fileCount++;
      at = next;
    }
    at.files.push(file);
  }
  return top;
}

function directory(path: string, name: string): Directory {
  return { path, name, directories: new Map(), files: [], size: 0, fileCount: 0 };
}

/** Rows of the tree in which these directories are open: larger ones first, directories before files. */
export function openRows(top: Directory, open: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const visit = (at: Directory, depth: number): void => {
    for (const next of [...at.directories.values()].sort(
      (a, b) => b.size - a.size || (a.name < b.name ? -1 : 1),
    )) {
      const { path, name, size, fileCount } = next;
      rows.push({ path, name, depth, size, fileCount, file: undefined });
      if (open.has(path)) visit(next, depth + 1);
    }
    for (const file of [...at.files].sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1)))
      rows.push({ ...fileRow(file), name: file.path.slice(file.path.lastIndexOf("/") + 1), depth });
  };
  visit(top, 0);
  return rows;
}

/** Files whose path holds all of these words, whatever directory they are in. */
export function foundRows(files: readonly ContentsFile[], words: string): Row[] {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  return files
    .filter(({ path }) => parts.every((part) => path.toLowerCase().includes(part)))
    .map((file) => ({ ...fileRow(file), name: file.path, depth: 0 }));
}

function fileRow(file: ContentsFile): Omit<Row, "name" | "depth"> {
  return { path: file.path, size: file.size, fileCount: undefined, file };
}

/** `rwxr-xr-x`, with the letters for setuid, setgid and sticky. */
export function modeText(mode: number): string {
  const letters = [...Array(9).keys()].map((bit) => (mode & (0o400 >> bit) ? "rwx"[bit % 3] : "-"));
  for (const [bit, index, letter] of [
    [0o4000, 2, "s"],
    [0o2000, 5, "s"],
    [0o1000, 8, "t"],
  ] as const)
    if (mode & bit) letters[index] = letters[index] === "-" ? letter.toUpperCase() : letter;
  return letters.join("");
}
