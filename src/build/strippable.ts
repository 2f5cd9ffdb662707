// Which files of a package have symbols to strip, and how (reference/plan-build.md §9 step 22).
import { accessSync, closeSync, constants, openSync, readSync, statSync } from "node:fs";
import { isPresent } from "../host/index.ts";
import { readElf } from "./elf.ts";
import { walk } from "./walk.ts";

/** `executable`: all symbols go; `shared`: what linking does not need; `archive`: debugging symbols only. */
export type StrippableKind = "executable" | "shared" | "archive";

/** User-writable binaries below `directory`, in order of their paths. */
export function listStrippable(directory: string): { kind: StrippableKind; path: string }[] {
  const found: { kind: StrippableKind; path: string }[] = [];
  if (!isPresent(directory)) return found;
  for (const { path, entry } of walk(directory)) {
    if (!entry.isFile() || (statSync(path).mode & 0o200) === 0 || !isReadable(path)) continue;
    const kind = kindOf(path);
    if (kind !== undefined) found.push({ kind, path });
  }
  return found;
}

function kindOf(path: string): StrippableKind | undefined {
  const magic = Buffer.alloc(8);
  const file = openSync(path, "r");
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

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
