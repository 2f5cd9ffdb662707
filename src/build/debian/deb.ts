// The container of a Debian package (deb(5)): an ar archive with the version of the format, a tar of what dpkg wants to know
// and a tar of the files, each compressed in its own way.
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { describeError, HabError } from "../../error/index.ts";
import { decodeXz, type TarEntry, TarReader, type TarVisitor } from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { type Paragraph, parseParagraphs } from "./control.ts";

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

const MAGIC = "!<arch>\n";
const HEADER_BYTES = 60;
/** A .deb has three; signatures and the like may be added. */
const MOST_MEMBERS = 16;
/** Larger than any package: what unpacks to more is no package. */
const LARGEST_CONTENT_BYTES = 32 * 1024 * 1024 * 1024;
const LARGEST_CONTROL_BYTES = 1024 * 1024;

/** Tells `visitor` of the files of a .deb. Throws HAB-BLD-099, or what the visitor throws. */
export async function visitFiles(path: string, visitor: TarVisitor): Promise<void> {
  await visitTar(path, "data.tar", visitor, LARGEST_CONTENT_BYTES);
}

/** The control paragraph. Throws HAB-BLD-099. */
export async function readControl(path: string): Promise<Paragraph> {
  const pieces: Buffer[] = [];
  let isControl = false;
  const visitor: TarVisitor = {
    begin: (entry: TarEntry) => {
      isControl = entry.kind === "file" && /^(?:\.\/)?control$/.test(entry.path);
      if (isControl && entry.size > LARGEST_CONTROL_BYTES)
        throw broken(path, "its control file is too large");
    },
    data: (piece) => {
      if (isControl) pieces.push(Buffer.from(piece));
    },
    end: () => undefined,
  };
  await visitTar(path, "control.tar", visitor, LARGEST_CONTENT_BYTES);
  const [paragraph] = parseParagraphs(Buffer.concat(pieces).toString("utf8"));
  if (paragraph === undefined) throw broken(path, "it has no control file");
  return paragraph;
}

async function visitTar(path: string, stem: string, visitor: TarVisitor, limit: number): Promise<void> {
  const file = openSync(path, "r");
  try {
    const member = readMembers(file, statSync(path).size, path).find(
      ({ name }) => name === stem || name.startsWith(`${stem}.`),
    );
    if (member === undefined) throw broken(path, `it has no ${stem}`);
    const reader = new TarReader(visitor);
    let size = 0;
    for await (const piece of unpacked(path, file, member)) {
      size += piece.length;
      if (size > limit) throw broken(path, `${stem} unpacks to more than ${limit} bytes`);
      reader.push(piece);
    }
    reader.finish();
  } catch (error) {
    if (error instanceof HabError && error.kind === buildErrors.debBroken) throw error;
    if (!(error instanceof HabError) && !isDecoding(error)) throw error;
    throw broken(path, describeError(error), error);
  } finally {
    closeSync(file);
  }
}

/** What zlib says of bytes that it cannot read, as against what the system says of the disk. */
function isDecoding(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^(?:Z_|ZSTD_|ERR_ZLIB|ERR_ZSTD)/.test(code);
}

function readMembers(file: number, size: number, path: string): Member[] {
  const read = (offset: number, length: number): string => {
    const bytes = Buffer.alloc(length);
    return bytes.toString("latin1", 0, readSync(file, bytes, 0, length, offset));
  };
  if (read(0, MAGIC.length) !== MAGIC) throw broken(path, "it is not an ar archive");
  const members: Member[] = [];
  for (let at = MAGIC.length; at < size && members.length < MOST_MEMBERS; ) {
    const header = read(at, HEADER_BYTES);
    const length = /^\d+ *$/.test(header.slice(48, 58)) ? Number(header.slice(48, 58)) : Number.NaN;
    const offset = at + HEADER_BYTES;
    if (header.length !== HEADER_BYTES || !header.endsWith("`\n") || !(offset + length <= size))
      throw broken(path, "its list of members is damaged");
    members.push({ name: header.slice(0, 16).trimEnd().replace(/\/$/, ""), offset, length });
    at = offset + length + (length % 2);
  }
  const [first] = members;
  if (first?.name !== "debian-binary" || !/^2\.\d+\n/.test(read(first.offset, Math.min(first.length, 16))))
    throw broken(path, "it is not of version 2 of the format");
  return members;
}

function unpacked(path: string, file: number, { name, offset, length }: Member): AsyncIterable<Uint8Array> {
  if (length === 0) throw broken(path, `${name} is empty`);
  const stream = () => createReadStream(path, { start: offset, end: offset + length - 1 });
  const ending = name.slice(name.indexOf(".tar") + ".tar".length);
  switch (ending) {
    case ".xz":
      return decodeXz({ fd: file, offset, length });
    case ".zst":
      return stream().pipe(createZstdDecompress());
    case ".gz":
      return stream().pipe(createGunzip());
    case "":
      return stream();
    default:
      throw broken(path, `${name} is compressed in a way that is not known here`);
  }
}

function broken(path: string, problem: string, cause?: unknown): HabError {
  return new HabError(buildErrors.debBroken, `${path}: ${problem}`, { cause });
}
