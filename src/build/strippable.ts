// Which files of a package have symbols to strip, and how (reference/plan-build.md §9 step 22).
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { systemErrorCode } from "../error/index.ts";
import { isPresent } from "../host/index.ts";
import { readElf } from "./elf.ts";
import { walk } from "./walk.ts";

/** `executable`: all symbols go; `shared`: what linking does not need; `archive`: debugging symbols only. */
export type StrippableKind = "executable" | "shared" | "archive";

/** User-writable binaries below `directory`, in order of their paths, which are bytes. */
export function listStrippable(directory: string): { kind: StrippableKind; path: Buffer }[] {
  const found: { kind: StrippableKind; path: Buffer }[] = [];
  if (!isPresent(directory)) return found;
  for (const { file, entry } of walk(directory)) {
    if (!entry.isFile() || (statSync(file).mode & 0o200) === 0) continue;
    const kind = kindOf(file);
    if (kind !== undefined) found.push({ kind, path: Buffer.from(file) });
  }
  return found;
}

function kindOf(path: string | Buffer): StrippableKind | undefined {
  const magic = Buffer.alloc(8);
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    // Not ours to read, so not ours to strip.
    if (systemErrorCode(error) === "EACCES") return undefined;
    throw error;
  }
  try {
    readSync(file, magic, 0, 8, 0);
  } finally {
    closeSync(file);
  }
  if (magic.toString("latin1") === "!<arch>\n") return "archive";
  if (magic.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const kind = readElf(path)?.kind;
  return kind === "executable" || kind === "shared" ? kind : undefined;
}
