// Writes a directory as a tar stream in GNU format. The same files make the same bytes: members are sorted, owners and
// times are fixed.
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from "node:fs";
import { HabError } from "../../error/index.ts";
import { packageErrors } from "../errors.ts";
import { BLOCK_SIZE_BYTES, byteString, bytesOf, displayText, TYPE } from "./format.ts";

/** Files are read by pieces of this size. */
const READ_SIZE_BYTES = 256 * 1024;

/** GNU tar pads an archive to this (20 blocks). */
const RECORD_SIZE_BYTES = 20 * BLOCK_SIZE_BYTES;

/** Largest size that fits eleven octal digits. */
const LARGEST_OCTAL_SIZE = 8 ** 11 - 1;

export interface TarSource {
  /** The directory to pack, with everything in it. */
  readonly directory: string;
  /** Name of that directory in the archive, without slashes at the ends. */
  readonly name: string;
  /** Modification time of every member. */
  readonly epochSeconds: number;
  /** Files (mode 0644) directly in the directory that are not there yet; names are byte strings. */
  readonly added?: ReadonlyMap<string, Uint8Array>;
}

/** The archive in pieces, each valid until the next. Throws HAB-PKG-028, or the system error of a file that cannot be read. */
export function* tarPieces({ directory, name, epochSeconds, added }: TarSource): Generator<Uint8Array> {
  const firstNames = new Map<string, string>();

  function* pack(
    path: string,
    member: string,
    more: ReadonlyMap<string, Uint8Array> = new Map(),
  ): Generator<Uint8Array> {
    const status = lstatSync(bytesOf(path));
    const common = { mode: status.mode & 0o7777, mtime: epochSeconds };
    if (status.isDirectory()) {
      yield* header({ ...common, name: `${member}/`, type: TYPE.directory });
      const names = readdirSync(bytesOf(path), { encoding: "buffer" }).map((each) => byteString(each));
      for (const each of [...new Set([...names, ...more.keys()])].sort(byBytes)) {
        const content = more.get(each);
        if (content === undefined) yield* pack(`${path}/${each}`, `${member}/${each}`);
        else {
          yield* header({
            mode: 0o644,
            mtime: epochSeconds,
            name: `${member}/${each}`,
            type: TYPE.file,
            size: content.length,
          });
          yield content;
          yield padding(content.length);
        }
      }
      return;
    }
    if (status.isSymbolicLink()) {
      const link = byteString(readlinkSync(bytesOf(path), { encoding: "buffer" }));
      yield* header({ ...common, name: member, type: TYPE.symlink, link });
      return;
    }
    if (!status.isFile())
      throw new HabError(
        packageErrors.unpackable,
        `${displayText(path)} is neither a file, a directory nor a symlink`,
      );
    const first = firstNames.get(inode(status));
    if (first !== undefined) {
      yield* header({ ...common, name: member, type: TYPE.hardLink, link: first });
      return;
    }
    if (status.nlink > 1) firstNames.set(inode(status), member);
    yield* header({ ...common, name: member, type: TYPE.file, size: status.size });
    yield* fileContent(path, status.size);
  }

  yield* ended(pack(byteString(directory), byteString(name), added));
}

/** A member of an archive that is not simply a directory. Names are byte strings. */
export interface TarMember {
  /** Without slashes at the ends. */
  readonly name: string;
  readonly mode: number;
  readonly mtimeSeconds: number;
  readonly content:
    | "directory"
    | { readonly link: string }
    /** Another member in front of this one. */
    | { readonly hardLink: string }
    /** A file on disk, of this size. */
    | { readonly file: string; readonly bytes: number }
    | Uint8Array;
}

/** An archive of these members, in their order, in pieces. */
export function* tarMemberPieces(members: Iterable<TarMember>): Generator<Uint8Array> {
  yield* ended(memberPieces(members));
}

function* memberPieces(members: Iterable<TarMember>): Generator<Uint8Array> {
  for (const { name, mode, mtimeSeconds, content } of members) {
    const common = { mode: mode & 0o7777, mtime: Math.max(0, mtimeSeconds) };
    if (content === "directory") yield* header({ ...common, name: `${name}/`, type: TYPE.directory });
    else if (content instanceof Uint8Array) {
      yield* header({ ...common, name, type: TYPE.file, size: content.length });
      yield content;
      yield padding(content.length);
    } else if ("file" in content) {
      yield* header({ ...common, name, type: TYPE.file, size: content.bytes });
      yield* fileContent(content.file, content.bytes);
    } else if ("hardLink" in content)
      yield* header({ ...common, name, type: TYPE.hardLink, link: content.hardLink });
    else yield* header({ ...common, name, type: TYPE.symlink, link: content.link });
  }
}

/** The bytes of a file, padded. Each piece is valid until the next. */
function* fileContent(path: string, size: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(READ_SIZE_BYTES, size));
  const fd = openSync(bytesOf(path), "r");
  try {
    for (let left = size; left > 0; ) {
      const read = readSync(fd, buffer, 0, Math.min(buffer.length, left), null);
      if (read === 0)
        throw new HabError(packageErrors.unpackable, `${displayText(path)} shrank while it was packed`);
      left -= read;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(fd);
  }
  yield padding(size);
}

/** The pieces and the end of the archive. */
function* ended(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let written = 0;
  for (const piece of pieces) {
    written += piece.length;
    yield piece;
  }
  const end = written + 2 * BLOCK_SIZE_BYTES;
  yield new Uint8Array(Math.ceil(end / RECORD_SIZE_BYTES) * RECORD_SIZE_BYTES - written);
}

function padding(size: number): Uint8Array {
  return new Uint8Array((BLOCK_SIZE_BYTES - (size % BLOCK_SIZE_BYTES)) % BLOCK_SIZE_BYTES);
}

interface Member {
  /** Byte strings, as all names here. */
  readonly name: string;
  readonly link?: string;
  readonly type: string;
  readonly mode: number;
  readonly mtime: number;
  readonly size?: number;
}

function* header(member: Member): Generator<Uint8Array> {
  if (member.link !== undefined && member.link.length > 100) yield* longText(TYPE.longLink, member.link);
  if (member.name.length > 100) yield* longText(TYPE.longName, member.name);
  yield block(member);
}

/** GNU's way to write names of more than 100 bytes: a member of their own in front. */
function* longText(type: string, text: string): Generator<Uint8Array> {
  const content = bytesOf(`${text}\0`);
  yield block({ name: "././@LongLink", type, mode: 0o644, mtime: 0, size: content.length });
  const padded = new Uint8Array(Math.ceil(content.length / BLOCK_SIZE_BYTES) * BLOCK_SIZE_BYTES);
  padded.set(content);
  yield padded;
}

function block({ name, link = "", type, mode, mtime, size = 0 }: Member): Uint8Array {
  const bytes = new Uint8Array(BLOCK_SIZE_BYTES);
  const put = (offset: number, text: string) => bytes.set(bytesOf(text), offset);
  put(0, name.slice(0, 100));
  put(100, octal(mode, 7));
  put(108, octal(0, 7));
  put(116, octal(0, 7));
  if (size <= LARGEST_OCTAL_SIZE) put(124, octal(size, 11));
  else {
    const view = new DataView(bytes.buffer);
    view.setUint8(124, 0x80);
    view.setBigUint64(128, BigInt(size));
  }
  put(136, octal(mtime, 11));
  put(148, "        ");
  put(156, type);
  put(157, link.slice(0, 100));
  put(257, "ustar  \0");
  put(265, "root");
  put(297, "root");
  const checksum = bytes.reduce((sum, byte) => sum + byte, 0);
  put(148, `${octal(checksum, 6)}\0 `);
  return bytes;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function inode(status: Stats): string {
  return `${status.dev}:${status.ino}`;
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : 1;
}
