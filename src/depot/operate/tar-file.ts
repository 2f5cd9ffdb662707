// Archives the depot writes for itself and reads again (backups, bundles): plain tar, so that others can look inside,
// with members that are read where they lie instead of being unpacked. One file, complete or not there.
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { describeError, HabError } from "../../error/index.ts";
import { syncDirectory, temporaryPathFor } from "../../host/index.ts";
import { depotErrors } from "../errors.ts";

const BLOCK = 512;
/** Eleven octal digits; larger sizes are written in binary, as GNU tar does. */
const LARGEST_OCTAL = 8 ** 11 - 1;

export type AddMember = (
  name: string,
  size: number,
  content: Uint8Array | AsyncIterable<Uint8Array>,
) => Promise<void>;

/** Writes `path` (mode 0600) with what `fill` adds; when it throws, what was there before is still there. */
export async function writeTarFile(path: string, fill: (add: AddMember) => Promise<void>): Promise<void> {
  const temporary = temporaryPathFor(path);
  const file = await open(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await fill(async (name, size, content) => {
      await writeAll(file, header(name, size));
      let written = 0;
      for await (const piece of content instanceof Uint8Array ? [content] : content) {
        written += piece.length;
        await writeAll(file, piece);
      }
      if (written !== size)
        throw new HabError(depotErrors.archiveFailed, `${name} has ${written} bytes instead of ${size}`);
      await writeAll(file, new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK));
    });
    await writeAll(file, new Uint8Array(2 * BLOCK));
    await file.sync();
    await file.close();
    await rename(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

export interface ArchiveMember {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  stream(): AsyncIterable<Uint8Array>;
  /** All of it, if it is not larger than `maxBytes`. */
  bytes(maxBytes: number): Promise<Uint8Array>;
}

/** Members of an archive in their order. Throws HabError `archiveUnreadable`. */
export async function* tarFileMembers(path: string): AsyncGenerator<ArchiveMember> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch (cause) {
    throw new HabError(depotErrors.archiveUnreadable, `cannot read ${path}: ${describeError(cause)}`, {
      cause,
    });
  }
  try {
    const total = (await file.stat()).size;
    const block = Buffer.alloc(BLOCK);
    for (let offset = 0; ; ) {
      const { bytesRead } = await file.read(block, 0, BLOCK, offset);
      if (bytesRead < BLOCK) throw cutOff(path);
      if (block.every((byte) => byte === 0)) return;
      const { name, size } = parseHeader(path, block);
      const start = offset + BLOCK;
      if (start + size > total) throw cutOff(path);
      const content = Bun.file(path).slice(start, start + size);
      yield {
        name,
        size,
        stream: () => content.stream(),
        async bytes(maxBytes) {
          if (size > maxBytes) throw unreadable(path, `${name} is too large`);
          return new Uint8Array(await content.arrayBuffer());
        },
      };
      offset = start + Math.ceil(size / BLOCK) * BLOCK;
    }
  } finally {
    await file.close();
  }
}

function cutOff(path: string): HabError {
  return unreadable(path, "it ends in the middle");
}

export function unreadable(path: string, why: string): HabError {
  return new HabError(depotErrors.archiveUnreadable, `${path} cannot be used: ${why}`);
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written);
    written += bytesWritten;
  }
}

function header(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100)
    throw new HabError(depotErrors.archiveFailed, `${name} is too long a name`);
  block.write(name, 0);
  block.write("0000600\0", 100);
  block.write("0000000\0", 108);
  block.write("0000000\0", 116);
  if (size <= LARGEST_OCTAL) block.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    block.writeBigUInt64BE(BigInt(size), 128);
    block[124] = 0x80;
  }
  block.write("00000000000\0", 136);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  block.write("        ", 148);
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

function checksum(block: Buffer): number {
  let sum = 0;
  for (let index = 0; index < BLOCK; index++)
    sum += index >= 148 && index < 156 ? 0x20 : (block[index] as number);
  return sum;
}

function parseHeader(path: string, block: Buffer): { name: string; size: number } {
  const text = (from: number, to: number): string => block.toString("utf8", from, to).replace(/\0.*$/s, "");
  if (Number.parseInt(text(148, 156), 8) !== checksum(block))
    throw unreadable(path, "it is damaged, or no archive");
  const size =
    block[124] === 0x80 ? Number(block.readBigUInt64BE(128)) : Number.parseInt(text(124, 136) || "0", 8);
  const name = text(0, 100);
  if (!Number.isSafeInteger(size) || size < 0 || block[156] !== 0x30 || !/^[A-Za-z0-9._/-]+$/.test(name))
    throw unreadable(path, "it is no archive of a depot");
  return { name, size };
}
