// Gives an ELF file another interpreter and DT_RPATH (System V ABI, chapters 4 and 5; 64-bit, little-endian). Both are
// longer than what they replace, so the string table moves: the last segment of the program grows over its zero-filled
// memory, and takes it and the strings behind it. No program header is added and nothing that is loaded changes its
// address, which every kernel and loader takes; what follows in the file, also what was only appended to it, stays at its end.

import { HabError } from "../../error/index.ts";
import {
  DT_NULL,
  DT_RPATH,
  DT_RUNPATH,
  DT_STRSZ,
  DT_STRTAB,
  DYNAMIC_ENTRY_BYTES,
  ELF_MAGIC,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
} from "../../host/index.ts";
import { buildErrors } from "../errors.ts";

/** What to change; what is undefined stays as it is. */
export interface ElfEdit {
  readonly interpreter: string | undefined;
  /** Directories between colons; empty: no search path at all. Takes the place of any RUNPATH. */
  readonly rpath: string | undefined;
}

const PF_W = 2;
const SHT_PROGBITS = 1;
const SHT_STRTAB = 3;
const SHT_DYNAMIC = 6;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const SHF_TLS = 0x400;
/** Keeps every section behind the program at the alignment it has. */
const TAIL_ALIGNMENT_BYTES = 64;
const STRINGS_ALIGNMENT_BYTES = 16;
/** Zero-filled memory becomes part of the file; programs with more of it are not worth that. */
const LARGEST_ZEROS_BYTES = 128 * 1024 * 1024;

interface Segment {
  /** Of its header, in the file. */
  readonly at: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

interface Section {
  readonly index: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}

interface DynamicEntry {
  readonly tag: number;
  /** All 64 bits of it. */
  readonly value: bigint;
}

/** The edited file; `bytes` itself where there is nothing to do. Throws HAB-BLD-100, with `name` in its message. */
export function editElf(bytes: Buffer, edit: ElfEdit, name: string): Buffer {
  const cannot = (why: string) => new HabError(buildErrors.elfNotEditable, `${name}: ${why}`);
  try {
    return edited(bytes, edit, cannot);
  } catch (error) {
    if (error instanceof RangeError) throw cannot("its headers point outside of it");
    throw error;
  }
}

function edited(bytes: Buffer, edit: ElfEdit, cannot: (why: string) => HabError): Buffer {
  if (bytes.readUInt32BE(0) !== ELF_MAGIC || bytes[4] !== 2 || bytes[5] !== 1)
    throw cannot("it is not a 64-bit little-endian ELF file");
  const segments = readSegments(bytes);
  const sections = readSections(bytes);
  const loads = segments.filter(({ type }) => type === PT_LOAD);
  const last = loads.reduce<Segment | undefined>(
    (highest, each) => (highest === undefined || each.address > highest.address ? each : highest),
    undefined,
  );
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  if (last === undefined || dynamic === undefined) throw cannot("it has no dynamic part");
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  if (edit.interpreter !== undefined && interpreter === undefined) throw cannot("it has no interpreter");

  // What has to go into the new place, and what refers to it.
  const pieces: Buffer[] = [];
  const start = alignUp(last.address + last.memorySize, STRINGS_ALIGNMENT_BYTES);
  let next = start;
  const place = (piece: Buffer): number => {
    const address = next;
    pieces.push(piece, Buffer.alloc(alignUp(piece.length, STRINGS_ALIGNMENT_BYTES) - piece.length));
    next = alignUp(address + piece.length, STRINGS_ALIGNMENT_BYTES);
    return address;
  };
  const offsetOf = (address: number) => last.offset + (address - last.address);
  const changes: ((out: Buffer) => void)[] = [];

  const before = readDynamic(bytes, dynamic);
  let entries = before;
  if (edit.rpath !== undefined) {
    const rest = before.filter(({ tag }) => tag !== DT_RPATH && tag !== DT_RUNPATH);
    entries = rest;
    if (edit.rpath !== "") {
      const strings = readStrings(bytes, before, loads, cannot);
      const table = Buffer.concat([strings.bytes, Buffer.from(`${edit.rpath}\0`)]);
      const address = place(table);
      entries = [
        { tag: DT_RPATH, value: BigInt(strings.bytes.length) },
        ...rest.map(({ tag, value }) =>
          tag === DT_STRTAB
            ? { tag, value: BigInt(address) }
            : tag === DT_STRSZ
              ? { tag, value: BigInt(table.length) }
              : { tag, value },
        ),
      ];
      const section = sections.find(
        (each) =>
          each.type === SHT_STRTAB && each.address === strings.address && (each.flags & SHF_ALLOC) !== 0,
      );
      if (section !== undefined)
        changes.push((out) => setSection(out, section, address, offsetOf(address), table.length));
    }
  }
  const encoded = encodeDynamic(entries, dynamic.fileSize);
  if (encoded !== undefined) changes.push((out) => encoded.copy(out, dynamic.offset));
  else {
    const table = encodeDynamic(entries, (entries.length + 1) * DYNAMIC_ENTRY_BYTES) ?? Buffer.alloc(0);
    const address = place(table);
    changes.push((out) => setSegment(out, dynamic, address, offsetOf(address), table.length, table.length));
    // The loader writes into it.
    changes.push((out) => out.writeUInt32LE(last.flags | PF_W, last.at + 4));
    const section = sections.find((each) => each.type === SHT_DYNAMIC);
    if (section !== undefined)
      changes.push((out) => setSection(out, section, address, offsetOf(address), table.length));
  }
  if (edit.interpreter !== undefined && interpreter !== undefined) {
    const text = Buffer.from(`${edit.interpreter}\0`);
    const section = sections.find(
      (each) =>
        each.type === SHT_PROGBITS &&
        each.offset === interpreter.offset &&
        each.address === interpreter.address,
    );
    const fits = text.length <= interpreter.fileSize;
    const address = fits ? interpreter.address : place(text);
    const offset = fits ? interpreter.offset : offsetOf(address);
    if (fits) changes.push((out) => text.copy(out, offset));
    changes.push((out) => setSegment(out, interpreter, address, offset, text.length, text.length));
    if (section !== undefined) changes.push((out) => setSection(out, section, address, offset, text.length));
  }

  const out =
    pieces.length === 0
      ? Buffer.from(bytes)
      : grow(bytes, { segments, sections, loads, last, start, added: Buffer.concat(pieces) }, cannot);
  for (const change of changes) change(out);
  return out;
}

interface Growth {
  readonly segments: readonly Segment[];
  readonly sections: readonly Section[];
  readonly loads: readonly Segment[];
  readonly last: Segment;
  /** Address of what is added. */
  readonly start: number;
  readonly added: Buffer;
}

/** The file with `added` in memory behind the last segment; the section headers are still where `sections` says, shifted. */
function grow(bytes: Buffer, growth: Growth, cannot: (why: string) => HabError): Buffer {
  const { segments, sections, loads, last, start, added } = growth;
  const end = last.offset + last.fileSize;
  if (loads.some((each) => each !== last && each.offset + each.fileSize > end))
    throw cannot("its last segment is not the last in the file");
  if (last.memorySize - last.fileSize > LARGEST_ZEROS_BYTES)
    throw cannot(`it has ${last.memorySize - last.fileSize} bytes of zero-filled memory`);
  if (readHeaderTable(bytes, 32) >= end) throw cannot("its program headers are behind the program");
  const newSize = start - last.address + added.length;
  const shift = alignUp(last.offset + newSize - end, TAIL_ALIGNMENT_BYTES);
  const out = Buffer.alloc(bytes.length + shift);
  bytes.copy(out, 0, 0, end);
  added.copy(out, last.offset + (start - last.address));
  bytes.copy(out, end + shift, end);

  out.writeBigUInt64LE(BigInt(newSize), last.at + 32);
  out.writeBigUInt64LE(BigInt(newSize), last.at + 40);
  for (const segment of segments)
    if (segment.type !== PT_LOAD && segment.fileSize > 0 && segment.offset >= end)
      out.writeBigUInt64LE(BigInt(segment.offset + shift), segment.at + 8);
  const table = readHeaderTable(bytes, 40);
  if (table >= end) out.writeBigUInt64LE(BigInt(table + shift), 40);
  for (const section of sections) {
    const at = sectionAt(out, section);
    const isZeros = section.type === SHT_NOBITS && (section.flags & SHF_ALLOC) !== 0;
    if (isZeros && (section.flags & SHF_TLS) === 0 && section.address >= last.address + last.fileSize) {
      out.writeUInt32LE(SHT_PROGBITS, at + 4);
      out.writeBigUInt64LE(BigInt(last.offset + (section.address - last.address)), at + 24);
    } else if ((section.flags & SHF_ALLOC) === 0 && section.offset >= end)
      out.writeBigUInt64LE(BigInt(section.offset + shift), at + 24);
  }
  return out;
}

function readHeaderTable(bytes: Buffer, at: number): number {
  return number(bytes, at);
}

function readSegments(bytes: Buffer): Segment[] {
  const table = readHeaderTable(bytes, 32);
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = table + index * size;
    return {
      at,
      type: bytes.readUInt32LE(at),
      flags: bytes.readUInt32LE(at + 4),
      offset: number(bytes, at + 8),
      address: number(bytes, at + 16),
      fileSize: number(bytes, at + 32),
      memorySize: number(bytes, at + 40),
    };
  });
}

function readSections(bytes: Buffer): Section[] {
  const table = readHeaderTable(bytes, 40);
  const size = bytes.readUInt16LE(58);
  if (table === 0) return [];
  return Array.from({ length: bytes.readUInt16LE(60) }, (_, index) => {
    const at = table + index * size;
    return {
      index,
      type: bytes.readUInt32LE(at + 4),
      flags: number(bytes, at + 8),
      address: number(bytes, at + 16),
      offset: number(bytes, at + 24),
      size: number(bytes, at + 32),
    };
  });
}

function readDynamic(bytes: Buffer, { offset, fileSize }: Segment): DynamicEntry[] {
  const entries: DynamicEntry[] = [];
  for (let at = offset; at + DYNAMIC_ENTRY_BYTES <= offset + fileSize; at += DYNAMIC_ENTRY_BYTES) {
    const tag = Number(bytes.readBigInt64LE(at));
    if (tag === DT_NULL) break;
    entries.push({ tag, value: bytes.readBigUInt64LE(at + 8) });
  }
  return entries;
}

/** The table in exactly `size` bytes with at least one end mark; undefined when it does not fit. */
function encodeDynamic(entries: readonly DynamicEntry[], size: number): Buffer | undefined {
  if ((entries.length + 1) * DYNAMIC_ENTRY_BYTES > size) return undefined;
  const table = Buffer.alloc(size);
  entries.forEach(({ tag, value }, index) => {
    table.writeBigInt64LE(BigInt(tag), index * DYNAMIC_ENTRY_BYTES);
    table.writeBigUInt64LE(value, index * DYNAMIC_ENTRY_BYTES + 8);
  });
  return table;
}

function readStrings(
  bytes: Buffer,
  entries: readonly DynamicEntry[],
  loads: readonly Segment[],
  cannot: (why: string) => HabError,
): { readonly address: number; readonly bytes: Buffer } {
  const value = (wanted: number): number | undefined => {
    const found = entries.find(({ tag }) => tag === wanted)?.value;
    return found === undefined ? undefined : Number(found);
  };
  const address = value(DT_STRTAB);
  const size = value(DT_STRSZ);
  const segment = loads.find(
    (each) => address !== undefined && address >= each.address && address < each.address + each.fileSize,
  );
  if (address === undefined || size === undefined || segment === undefined)
    throw cannot("it has no string table");
  const offset = segment.offset + (address - segment.address);
  if (offset + size > bytes.length) throw cannot("its string table is cut off");
  return { address, bytes: bytes.subarray(offset, offset + size) };
}

function setSegment(
  out: Buffer,
  { at }: Segment,
  address: number,
  offset: number,
  fileSize: number,
  memorySize: number,
): void {
  out.writeBigUInt64LE(BigInt(offset), at + 8);
  out.writeBigUInt64LE(BigInt(address), at + 16);
  out.writeBigUInt64LE(BigInt(address), at + 24);
  out.writeBigUInt64LE(BigInt(fileSize), at + 32);
  out.writeBigUInt64LE(BigInt(memorySize), at + 40);
}

/** The section table may have moved with the end of the file: its place is read again. */
function setSection(out: Buffer, section: Section, address: number, offset: number, size: number): void {
  const at = sectionAt(out, section);
  out.writeBigUInt64LE(BigInt(address), at + 16);
  out.writeBigUInt64LE(BigInt(offset), at + 24);
  out.writeBigUInt64LE(BigInt(size), at + 32);
}

function sectionAt(out: Buffer, section: Section): number {
  return readHeaderTable(out, 40) + section.index * out.readUInt16LE(58);
}

/** Addresses and offsets above 2^53 are no real ones. */
function number(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
}

function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}
