// Makes a copy of this program run on the C library of a package instead of the machine's. Other tools that edit ELF files
// move what Bun finds by its place, so script/close-executable.ts leaves two fields of fixed size in the program: the name of
// its loader (PT_INTERP) and a search path for libraries (DT_RPATH), which only need to be written over.
import { HabError } from "../error/index.ts";
import {
  DT_NULL,
  DT_RPATH,
  DT_STRTAB,
  DYNAMIC_ENTRY_BYTES,
  ELF_MAGIC,
  PT_DYNAMIC,
  PT_INTERP,
  PT_LOAD,
} from "./elf-names.ts";
import { hostErrors } from "./errors.ts";

/** Bytes of the two fields, with the NUL at the end of each. */
export const LOADER_FIELD_BYTES = 256;
export const SEARCH_PATH_FIELD_BYTES = 768;

const PROGRAM_HEADER_BYTES = 56;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: bigint;
  readonly fileBytes: number;
}

export interface Relocation {
  /** Absolute path of the dynamic loader. */
  readonly loader: string;
  /** Directories of libraries, searched before all others. */
  readonly searchPath: readonly string[];
}

/**
 * Writes loader and search path into the bytes of this program, in place. Throws HAB-HST-006 when they are not the bytes of a
 * program that script/build made, or a field is too small.
 */
export function relocateProgram(program: Uint8Array, { loader, searchPath }: Relocation): void {
  const view = new DataView(program.buffer, program.byteOffset, program.byteLength);
  const segments = segmentsOf(view);
  const interpreter = segments.find(({ type }) => type === PT_INTERP);
  if (interpreter?.fileBytes !== LOADER_FIELD_BYTES) throw notOurs("its loader's name has no room to change");
  const searchPathAt = offsetOfSearchPath(view, segments);
  writeField(program, interpreter.offset, LOADER_FIELD_BYTES, loader);
  writeField(program, searchPathAt, SEARCH_PATH_FIELD_BYTES, searchPath.join(":"));
}

function segmentsOf(view: DataView): Segment[] {
  if (view.byteLength < 64 || view.getUint32(0, false) !== ELF_MAGIC) throw notOurs("it is not an ELF file");
  const at = Number(view.getBigUint64(32, true));
  const count = view.getUint16(56, true);
  if (at + count * PROGRAM_HEADER_BYTES > view.byteLength) throw notOurs("it is cut off");
  return Array.from({ length: count }, (_, index) => {
    const start = at + index * PROGRAM_HEADER_BYTES;
    return {
      type: view.getUint32(start, true),
      offset: Number(view.getBigUint64(start + 8, true)),
      address: view.getBigUint64(start + 16, true),
      fileBytes: Number(view.getBigUint64(start + 32, true)),
    };
  });
}

function offsetOfSearchPath(view: DataView, segments: readonly Segment[]): number {
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC);
  const entries = new Map<number, bigint>();
  if (dynamic !== undefined && dynamic.offset + dynamic.fileBytes <= view.byteLength)
    for (let at = 0; at + DYNAMIC_ENTRY_BYTES <= dynamic.fileBytes; at += DYNAMIC_ENTRY_BYTES) {
      const tag = Number(view.getBigUint64(dynamic.offset + at, true));
      if (tag === DT_NULL) break;
      entries.set(tag, view.getBigUint64(dynamic.offset + at + 8, true));
    }
  const strings = entries.get(DT_STRTAB);
  const searchPath = entries.get(DT_RPATH);
  if (strings === undefined || searchPath === undefined) throw notOurs("it has no search path");
  const address = strings + searchPath;
  const segment = segments.find(
    (each) =>
      each.type === PT_LOAD &&
      address >= each.address &&
      address + BigInt(SEARCH_PATH_FIELD_BYTES) <= each.address + BigInt(each.fileBytes),
  );
  if (segment === undefined) throw notOurs("its search path has no room to change");
  return segment.offset + Number(address - segment.address);
}

function writeField(program: Uint8Array, offset: number, bytes: number, text: string): void {
  const encoded = Buffer.from(text);
  if (encoded.length >= bytes || encoded.includes(0))
    throw new HabError(hostErrors.notRelocatable, `'${text}' does not fit into the program (${bytes} bytes)`);
  program.fill(0, offset, offset + bytes);
  program.set(encoded, offset);
}

function notOurs(why: string): HabError {
  return new HabError(
    hostErrors.notRelocatable,
    `the program cannot be made to run on a package's libraries: ${why}`,
  );
}
