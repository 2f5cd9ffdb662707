// What the build needs to know of ELF files: kind, interpreter, needed libraries, search path (System V ABI, chapters 4
// and 5). 64-bit and 32-bit little-endian; anything else counts as no ELF file.
import { closeSync, openSync, readSync } from "node:fs";
import {
  DT_FLAGS_1,
  DT_NEEDED,
  DT_RPATH,
  DT_RUNPATH,
  DT_SONAME,
  DT_STRTAB,
  ELF_MAGIC,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
} from "../host/index.ts";

/** The dynamic part of an ELF file. */
export interface ElfFile {
  /** `relocatable` files are inputs of a linker (`.o`). */
  readonly kind: "relocatable" | "executable" | "shared" | "other";
  readonly interpreter: string | undefined;
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  /** DT_RPATH, split. */
  readonly rpath: readonly string[];
  /** DT_RUNPATH, split. */
  readonly runpath: readonly string[];
  /** DF_1_NODEFLIB: the loader must not look into its built-in directories. */
  readonly noDefaultLibraries: boolean;
}

const KINDS: Readonly<Record<number, ElfFile["kind"]>> = { 1: "relocatable", 2: "executable", 3: "shared" };
const DF_1_NODEFLIB = 0x800;
/** No real string table entry or program header is near this; it keeps a damaged file from asking for gigabytes. */
const MAX_PART_BYTES = 16 * 1024 * 1024;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

/** Reads the headers of a file; undefined when it is no ELF file of a kind known here. Throws the system error. */
export function readElf(path: string | Buffer): ElfFile | undefined {
  const file = openSync(path, "r");
  try {
    return parse((offset, length) => {
      const part = Buffer.alloc(Math.min(length, MAX_PART_BYTES));
      return part.subarray(0, readSync(file, part, 0, part.length, offset));
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a header points outside of the file
    throw error;
  } finally {
    closeSync(file);
  }
}

function parse(read: (offset: number, length: number) => Buffer): ElfFile | undefined {
  const header = read(0, 64);
  if (header.length < 52 || header.readUInt32BE(0) !== ELF_MAGIC || header[5] !== 1) return undefined;
  const wide = header[4] === 2;
  const segments = readSegments(header, wide, read);
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  const entries = dynamic === undefined ? [] : readDynamic(read(dynamic.offset, dynamic.size), wide);
  const value = (tag: number) => entries.find((entry) => entry.tag === tag)?.value;
  const table = value(DT_STRTAB);
  const text = (offset: number): string =>
    table === undefined ? "" : cString(read(fileOffset(segments, table) + offset, 65536));
  const path = (tag: number): string[] => {
    const offset = value(tag);
    return offset === undefined ? [] : text(offset).split(":");
  };
  const soname = value(DT_SONAME);
  return {
    kind: KINDS[header.readUInt16LE(16)] ?? "other",
    interpreter: interpreter === undefined ? undefined : cString(read(interpreter.offset, interpreter.size)),
    needed: entries.filter(({ tag }) => tag === DT_NEEDED).map((entry) => text(entry.value)),
    soname: soname === undefined ? undefined : text(soname),
    rpath: path(DT_RPATH),
    runpath: path(DT_RUNPATH),
    noDefaultLibraries: ((value(DT_FLAGS_1) ?? 0) & DF_1_NODEFLIB) !== 0,
  };
}

function readSegments(header: Buffer, wide: boolean, read: (o: number, l: number) => Buffer): Segment[] {
  const offset = wide ? Number(header.readBigUInt64LE(32)) : header.readUInt32LE(28);
  const size = header.readUInt16LE(wide ? 54 : 42);
  const count = header.readUInt16LE(wide ? 56 : 44);
  const table = read(offset, size * count);
  return Array.from({ length: count }, (_, index) => {
    const at = index * size;
    return wide
      ? {
          type: table.readUInt32LE(at),
          offset: Number(table.readBigUInt64LE(at + 8)),
          address: Number(table.readBigUInt64LE(at + 16)),
          size: Number(table.readBigUInt64LE(at + 32)),
        }
      : {
          type: table.readUInt32LE(at),
          offset: table.readUInt32LE(at + 4),
          address: table.readUInt32LE(at + 8),
          size: table.readUInt32LE(at + 16),
        };
  });
}

function readDynamic(table: Buffer, wide: boolean): { tag: number; value: number }[] {
  const size = wide ? 16 : 8;
  const entries: { tag: number; value: number }[] = [];
  for (let at = 0; at + size <= table.length; at += size) {
    const tag = wide ? Number(table.readBigInt64LE(at)) : table.readInt32LE(at);
    if (tag === 0) break;
    entries.push({ tag, value: wide ? Number(table.readBigUInt64LE(at + 8)) : table.readUInt32LE(at + 4) });
  }
  return entries;
}

function fileOffset(segments: readonly Segment[], address: number): number {
  const segment = segments.find(
    (each) => each.type === PT_LOAD && address >= each.address && address < each.address + each.size,
  );
  return segment === undefined ? address : address - segment.address + segment.offset;
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
