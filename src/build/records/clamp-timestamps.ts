// Times that tools write into files. What a build made is newer than its release; such times become the one of
// SOURCE_DATE_EPOCH, as reproducible-builds.org recommends ("clamping"). What came with the sources is older and stays.
import { chmodSync, closeSync, fstatSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { systemErrorCode } from "../../error/index.ts";
import { walk } from "../walk.ts";

const AR_MAGIC = "!<arch>\n";
const AR_HEADER_BYTES = 60;
/** The longest of the headers looked at. */
const HEAD_BYTES = 16;

/** A few bytes of a file to replace. */
interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Clamps the times inside all files below `directory` and answers the paths of those that changed. */
export function clampTimestamps(directory: string, epochSeconds: number): string[] {
  const changed: string[] = [];
  for (const { path, file, entry } of walk(directory)) {
    if (!entry.isFile()) continue;
    const patches = patchesOf(file, epochSeconds);
    if (patches.length === 0) continue;
    apply(file, patches);
    changed.push(path);
  }
  return changed;
}

function patchesOf(path: string | Buffer, epochSeconds: number): Patch[] {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    // Not even its owner may read it: then nothing is known of it, and packing it will say so.
    if (systemErrorCode(error) === "EACCES") return [];
    throw error;
  }
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const length = readSync(file, head, 0, HEAD_BYTES, 0);
    if (length >= 8 && head.toString("latin1", 0, 8) === AR_MAGIC) return archivePatches(file, epochSeconds);
    if (length >= 10 && head.readUIntBE(0, 3) === 0x1f8b08)
      return head.readUInt32LE(4) > epochSeconds ? [{ at: 4, bytes: littleEndian(epochSeconds) }] : [];
    if (length === HEAD_BYTES && path.toString().endsWith(".pyc")) return bytecodePatches(head, epochSeconds);
    return [];
  } finally {
    closeSync(file);
  }
}

/** Members of a static library, as `ar D` would have written them. */
function archivePatches(file: number, epochSeconds: number): Patch[] {
  const patches: Patch[] = [];
  const header = Buffer.alloc(AR_HEADER_BYTES);
  const end = fstatSync(file).size;
  for (let at = AR_MAGIC.length; at + AR_HEADER_BYTES <= end; ) {
    readSync(file, header, 0, AR_HEADER_BYTES, at);
    const size = Number(header.toString("latin1", 48, 58));
    if (header.toString("latin1", 58) !== "`\n" || !Number.isSafeInteger(size)) return [];
    if (Number(header.toString("latin1", 16, 28)) > epochSeconds) {
      const fields = `${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"644".padEnd(8)}`;
      patches.push({ at: at + 16, bytes: Buffer.from(fields, "latin1") });
    }
    at += AR_HEADER_BYTES + size + (size % 2);
  }
  return patches;
}

/**
 * Python's compiled modules (PEP 552) hold the time of their source. Every file of a hart has the same time, and with it
 * they are also valid where the package is installed.
 */
function bytecodePatches(head: Buffer, epochSeconds: number): Patch[] {
  const isBytecode = head.readUInt16BE(2) === 0x0d0a;
  const goesByTime = head.readUInt32LE(4) === 0;
  return isBytecode && goesByTime && head.readUInt32LE(8) !== epochSeconds % 2 ** 32
    ? [{ at: 8, bytes: littleEndian(epochSeconds) }]
    : [];
}

function littleEndian(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value % 2 ** 32);
  return bytes;
}

function apply(path: string | Buffer, patches: readonly Patch[]): void {
  const { mode } = statSync(path);
  const isReadOnly = (mode & 0o200) === 0;
  if (isReadOnly) chmodSync(path, (mode & 0o7777) | 0o200);
  const file = openSync(path, "r+");
  try {
    for (const { at, bytes } of patches) writeSync(file, bytes, 0, bytes.length, at);
  } finally {
    closeSync(file);
    // Writing takes setuid away.
    chmodSync(path, mode & 0o7777);
  }
}
