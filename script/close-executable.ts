// Closes a compiled executable to the environment. Bun obeys variables (BUN_OPTIONS preloads code, BUN_BE_BUN turns the
// program into Bun itself, JSC options load files) and has no switch against that. So the program gets a new entry point
// that runs before any of Bun's code: it spoils the names of such variables, then goes on to the old entry point. Being
// there first, it also answers `hab --version` without waking Bun up (script/entry-code.ts). The same segment holds the
// name of the loader and a search path for libraries, which src/host/relocate-program.ts can write over.
//
// What is done with the spoiled ones afterwards is decided in src/host/environment.ts.

import { DT_RPATH, DYNAMIC_ENTRY_BYTES, PT_INTERP } from "../src/host/elf-names.ts";
import { HIDDEN_PREFIXES } from "../src/host/environment.ts";
import { LOADER_FIELD_BYTES, SEARCH_PATH_FIELD_BYTES } from "../src/host/relocate-program.ts";
import { entryCode } from "./entry-code.ts";

const PAGE_BYTES = 0x1000;
const PROGRAM_HEADER_BYTES = 56;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_NOTE = 4;
const DT_HASH = 4n;
const DT_STRTAB = 5n;
const MACHINE_X86_64 = 0x3e;
const READ_AND_EXECUTE = 5;

/**
 * The executable with the new entry point in a segment of its own. The program header of the notes, which nobody reads,
 * becomes that segment's. Throws when the file is not the kind of executable this knows.
 */
export function closeExecutable(original: Uint8Array, versionLine: string): Uint8Array {
  const view = new DataView(original.buffer, original.byteOffset, original.byteLength);
  const isElf64 = view.getUint32(0, false) === 0x7f454c46 && original[4] === 2 && original[5] === 1;
  if (!isElf64 || view.getUint16(18, true) !== MACHINE_X86_64)
    throw new Error("close-executable: not an ELF file for x86-64");

  const oldEntry = view.getBigUint64(24, true);
  const headersAt = Number(view.getBigUint64(32, true));
  const headerCount = view.getUint16(56, true);
  if (view.getUint16(54, true) !== PROGRAM_HEADER_BYTES)
    throw new Error("close-executable: unexpected size of program headers");

  let notesAt: number | undefined;
  let interpreterAt: number | undefined;
  let dynamicAt: number | undefined;
  let lastLoadAt = -1;
  let highestAddress = 0n;
  for (let index = 0; index < headerCount; index++) {
    const at = headersAt + index * PROGRAM_HEADER_BYTES;
    const type = view.getUint32(at, true);
    if (type === PT_NOTE) notesAt = at;
    if (type === PT_INTERP) interpreterAt = at;
    if (type === PT_DYNAMIC) dynamicAt = at;
    if (type !== PT_LOAD) continue;
    lastLoadAt = at;
    const end = view.getBigUint64(at + 16, true) + view.getBigUint64(at + 40, true);
    if (end > highestAddress) highestAddress = end;
  }
  // Loadable segments must be sorted by address: the new one is the highest, so its header must come last.
  if (notesAt === undefined || notesAt < lastLoadAt)
    throw new Error("close-executable: no program header to spare after the last loadable segment");

  const code = entryCode({ oldEntry, versionLine, hiddenPrefixes: HIDDEN_PREFIXES });
  const offset = roundUp(original.length, PAGE_BYTES);
  const address = BigInt(roundUp(Number(highestAddress), PAGE_BYTES) + PAGE_BYTES);
  const loaderAt = roundUp(code.length, 16);
  const searchPathAt = loaderAt + LOADER_FIELD_BYTES;
  const segmentBytes = searchPathAt + SEARCH_PATH_FIELD_BYTES;
  const closed = new Uint8Array(offset + segmentBytes);
  closed.set(original);
  closed.set(code, offset);

  const out = new DataView(closed.buffer);
  if (interpreterAt === undefined || dynamicAt === undefined)
    throw new Error("close-executable: not a dynamically linked program");
  moveLoader(closed, interpreterAt, offset + loaderAt, address + BigInt(loaderAt));
  addSearchPath(out, dynamicAt, address + BigInt(searchPathAt));
  out.setBigUint64(24, address, true);
  out.setUint32(notesAt, PT_LOAD, true);
  out.setUint32(notesAt + 4, READ_AND_EXECUTE, true);
  out.setBigUint64(notesAt + 8, BigInt(offset), true);
  out.setBigUint64(notesAt + 16, address, true);
  out.setBigUint64(notesAt + 24, address, true);
  out.setBigUint64(notesAt + 32, BigInt(segmentBytes), true);
  out.setBigUint64(notesAt + 40, BigInt(segmentBytes), true);
  out.setBigUint64(notesAt + 48, BigInt(PAGE_BYTES), true);
  return closed;
}

/** The loader's name goes where there is room for a longer one. */
function moveLoader(program: Uint8Array, headerAt: number, offset: number, address: bigint): void {
  const view = new DataView(program.buffer);
  const from = Number(view.getBigUint64(headerAt + 8, true));
  const bytes = Number(view.getBigUint64(headerAt + 32, true));
  program.copyWithin(offset, from, from + bytes);
  view.setBigUint64(headerAt + 8, BigInt(offset), true);
  view.setBigUint64(headerAt + 16, address, true);
  view.setBigUint64(headerAt + 24, address, true);
  view.setBigUint64(headerAt + 32, BigInt(LOADER_FIELD_BYTES), true);
  view.setBigUint64(headerAt + 40, BigInt(LOADER_FIELD_BYTES), true);
}

/** An empty search path takes the place of the old hash table's entry, which loaders that know GNU's do not read. */
function addSearchPath(view: DataView, headerAt: number, address: bigint): void {
  const dynamicAt = Number(view.getBigUint64(headerAt + 8, true));
  const bytes = Number(view.getBigUint64(headerAt + 32, true));
  let hashAt: number | undefined;
  let strings: bigint | undefined;
  for (let at = dynamicAt; at < dynamicAt + bytes; at += DYNAMIC_ENTRY_BYTES) {
    const tag = view.getBigUint64(at, true);
    if (tag === DT_HASH) hashAt = at;
    if (tag === DT_STRTAB) strings = view.getBigUint64(at + 8, true);
  }
  if (hashAt === undefined || strings === undefined || address < strings)
    throw new Error("close-executable: no dynamic entry to spare for a search path");
  view.setBigUint64(hashAt, BigInt(DT_RPATH), true);
  view.setBigUint64(hashAt + 8, address - strings, true);
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
