// Reads a tar stream piece by piece and tells a visitor what it holds. Decides nothing about what may be unpacked.
import { HabError } from "../../error/index.ts";
import { packageErrors } from "../errors.ts";
import {
  BLOCK_SIZE_BYTES,
  byteString,
  displayText,
  type EntryKind,
  LARGEST_PAX_HEADER_BYTES,
  LONGEST_NAME_BYTES,
  type TarEntry,
  TYPE,
} from "./format.ts";

export interface TarVisitor {
  /** A member begins; its data follows in any number of pieces. */
  begin(entry: TarEntry): void;
  /** Valid only during the call. */
  data(piece: Uint8Array): void;
  /** The member is complete. */
  end(): void;
}

const KINDS: Readonly<Record<string, EntryKind>> = {
  [TYPE.file]: "file",
  [TYPE.oldFile]: "file",
  [TYPE.contiguous]: "file",
  [TYPE.hardLink]: "hard link",
  [TYPE.symlink]: "symlink",
  [TYPE.directory]: "directory",
};

/** What extended headers say about the member that follows them. */
interface Overrides {
  path?: string;
  link?: string;
  size?: number;
  mtimeSeconds?: number;
}

export class TarReader {
  readonly #visitor: TarVisitor;
  /** Start of a header of which the rest has not come yet. */
  readonly #partial = new Uint8Array(BLOCK_SIZE_BYTES);
  #partialLength = 0;
  /** Bytes of the current member, and of its padding, still to come. */
  #dataLeft = 0;
  #paddingLeft = 0;
  #inMember = false;
  /** Content of an extended header being collected, and its type. */
  #extension: { readonly type: string; readonly pieces: Uint8Array[] } | undefined;
  #overrides: Overrides = {};
  #ended = false;

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor;
  }

  /** Whether the end marker was seen; what comes after it is not looked at. Compat: one zero block is enough. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes the next piece. Throws HAB-PKG-021. */
  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && !this.#ended; ) {
      if (this.#dataLeft > 0) {
        const length = Math.min(this.#dataLeft, piece.length - at);
        this.#take(piece.subarray(at, at + length));
        this.#dataLeft -= length;
        at += length;
        if (this.#dataLeft === 0) this.#endOfData();
      } else if (this.#paddingLeft > 0) {
        const length = Math.min(this.#paddingLeft, piece.length - at);
        this.#paddingLeft -= length;
        at += length;
      } else {
        const length = Math.min(BLOCK_SIZE_BYTES - this.#partialLength, piece.length - at);
        this.#partial.set(piece.subarray(at, at + length), this.#partialLength);
        this.#partialLength += length;
        at += length;
        if (this.#partialLength === BLOCK_SIZE_BYTES) {
          this.#partialLength = 0;
          this.#header(this.#partial);
        }
      }
    }
  }

  /** After the last piece. Compat: the end marker may be missing, but not the end of a member. Throws HAB-PKG-021. */
  finish(): void {
    if (!this.#ended && (this.#dataLeft > 0 || this.#partialLength > 0 || this.#extension !== undefined))
      throw malformed("the archive ends in the middle of a member");
  }

  #take(piece: Uint8Array): void {
    if (this.#extension === undefined) this.#visitor.data(piece);
    else this.#extension.pieces.push(piece.slice());
  }

  #header(block: Uint8Array): void {
    if (block.every((byte) => byte === 0)) {
      this.#ended = true;
      return;
    }
    verifyChecksum(block);
    const type = String.fromCharCode(block[156] as number);
    const stated = number(block, 124, 12);
    const extension = isExtension(type);
    const size = extension ? stated : (this.#overrides.size ?? stated);
    if (size < 0) throw malformed("a member has an impossible size");
    if (extension) {
      const limit =
        type === TYPE.pax || type === TYPE.paxGlobal ? LARGEST_PAX_HEADER_BYTES : LONGEST_NAME_BYTES;
      if (size > limit) throw malformed("an extended header is too large");
      this.#extension = { type, pieces: [] };
      this.#expect(size);
      return;
    }
    const entry = this.#entry(block, type, size);
    this.#overrides = {};
    this.#inMember = true;
    this.#visitor.begin(entry);
    this.#expect(size);
  }

  #entry(block: Uint8Array, type: string, size: number): TarEntry {
    const overrides = this.#overrides;
    const path = overrides.path ?? headerPath(block);
    const kind = KINDS[type] ?? "other";
    return {
      // Compat: from before tar knew directories, a file whose name ends in a slash is one.
      kind: kind === "file" && path.endsWith("/") ? "directory" : kind,
      type,
      path,
      link: overrides.link ?? text(block, 157, 100),
      mode: number(block, 100, 8) & 0o7777,
      mtimeSeconds: overrides.mtimeSeconds ?? number(block, 136, 12),
      size,
    };
  }

  #expect(size: number): void {
    this.#dataLeft = size;
    this.#paddingLeft = (BLOCK_SIZE_BYTES - (size % BLOCK_SIZE_BYTES)) % BLOCK_SIZE_BYTES;
    if (size === 0) this.#endOfData();
  }

  #endOfData(): void {
    const extension = this.#extension;
    if (extension !== undefined) {
      this.#extension = undefined;
      this.#applyExtension(extension.type, byteString(Buffer.concat(extension.pieces)));
    } else if (this.#inMember) {
      this.#inMember = false;
      this.#visitor.end();
    }
  }

  #applyExtension(type: string, content: string): void {
    if (type === TYPE.longName) this.#overrides.path = untilNul(content);
    else if (type === TYPE.longLink) this.#overrides.link = untilNul(content);
    else if (type === TYPE.pax) Object.assign(this.#overrides, parsePax(content));
  }
}

function isExtension(type: string): boolean {
  return type === TYPE.longName || type === TYPE.longLink || type === TYPE.pax || type === TYPE.paxGlobal;
}

/** Records `<length> <key>=<value>\n`. */
function parsePax(content: string): Overrides {
  const overrides: Overrides = {};
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(" ", at);
    const length = space < 0 ? Number.NaN : Number(content.slice(at, space));
    const record = content.slice(space + 1, at + length - 1);
    const equals = record.indexOf("=");
    if (
      !Number.isSafeInteger(length) ||
      length < 5 ||
      at + length > content.length ||
      content[at + length - 1] !== "\n" ||
      equals < 0
    )
      throw malformed("an extended header cannot be read");
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    // Its data is a map and pieces: as a plain file it would be silently wrong.
    if (key.startsWith("GNU.sparse.")) throw malformed("a member is stored as a sparse file");
    switch (key) {
      case "path":
        overrides.path = value;
        break;
      case "linkpath":
        overrides.link = value;
        break;
      case "size":
        overrides.size = decimal(value);
        break;
      case "mtime":
        overrides.mtimeSeconds = Number.isFinite(Number(value)) ? Math.floor(Number(value)) : 0;
        break;
      default: // owners, times of access and the like are not restored
    }
    at += length;
  }
  return overrides;
}

function headerPath(block: Uint8Array): string {
  const name = text(block, 0, 100);
  // Only POSIX headers have a prefix; GNU's keep other fields there.
  const prefix = text(block, 257, 6) === "ustar" && block[263] === 0x30 ? text(block, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function verifyChecksum(block: Uint8Array): void {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK_SIZE_BYTES; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] as number);
    unsigned += byte;
    signed += byte < 0x80 ? byte : byte - 0x100;
  }
  const stated = number(block, 148, 8);
  if (stated !== unsigned && stated !== signed)
    throw malformed(`the header of a member is damaged ("${displayText(text(block, 0, 100))}")`);
}

/** Octal digits between spaces and NULs, or GNU's binary form with the first bit set. */
function number(block: Uint8Array, offset: number, length: number): number {
  const first = block[offset] as number;
  if ((first & 0x80) !== 0) {
    let value = (first & 0x40) !== 0 ? -1n : 0n;
    value = (value << 6n) | BigInt(first & 0x3f);
    for (let i = 1; i < length; i++) value = (value << 8n) | BigInt(block[offset + i] as number);
    const result = Number(value);
    if (!Number.isSafeInteger(result)) throw malformed("a number in a header is too large");
    return result;
  }
  const digits = text(block, offset, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw malformed("a number in a header cannot be read");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function decimal(value: string): number {
  const result = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(result)) throw malformed("a size in an extended header cannot be read");
  return result;
}

function text(block: Uint8Array, offset: number, length: number): string {
  return untilNul(byteString(block.subarray(offset, offset + length)));
}

function untilNul(content: string): string {
  const end = content.indexOf("\0");
  return end < 0 ? content : content.slice(0, end);
}

function malformed(problem: string): HabError {
  return new HabError(packageErrors.malformedArchive, problem);
}
