// What a hart says about itself: its header and the metadata files inside (reference/packages.md §5.7).
import { fstatSync } from "node:fs";
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import { type HartHeader, hashRest, readHeaderFrom, withFile } from "./hart.ts";
import { type FullIdent, formatIdent, isFullIdent, type PackageIdent, parseIdent } from "./ident.ts";
import {
  decodeMetafile,
  type MetafileName,
  type PackageType,
  parseIdentLines,
  parsePackageType,
  parsePorts,
} from "./metafile.ts";
import type { TarEntry } from "./tar/format.ts";
import { TarReader, type TarVisitor } from "./tar/reader.ts";
import { parseTarget, type Target } from "./target.ts";
import type { FilePart } from "./thread/job.ts";

/** Metadata files looked for in an archive. */
export const ARCHIVE_METAFILES = [
  "CFLAGS",
  "default.toml",
  "DEPS",
  "TDEPS",
  "BUILD_DEPS",
  "BUILD_TDEPS",
  "EXPOSES",
  "IDENT",
  "LD_RUN_PATH",
  "LDFLAGS",
  "SVC_USER",
  "SVC_GROUP",
  "MANIFEST",
  "PATH",
  "TARGET",
  "PACKAGE_TYPE",
] as const satisfies readonly MetafileName[];

export type ArchiveMetafile = (typeof ARCHIVE_METAFILES)[number];

/** The largest MANIFEST seen is under 1 MiB. */
const LARGEST_METAFILE_BYTES = 16 * 1024 * 1024;

/** Everything `hab pkg info` knows. Lists are empty and texts undefined where the archive has no such file. */
export interface ArchiveMetadata {
  readonly header: HartHeader;
  readonly ident: FullIdent;
  readonly target: Target;
  /** BLAKE2b-256 of the whole file. */
  readonly checksum: string;
  readonly packageType: PackageType;
  readonly isService: boolean;
  readonly deps: readonly FullIdent[];
  readonly tdeps: readonly FullIdent[];
  readonly buildDeps: readonly FullIdent[];
  readonly buildTdeps: readonly FullIdent[];
  readonly exposes: readonly number[];
  readonly manifest: string;
  readonly config: string | undefined;
  readonly path: string | undefined;
  readonly svcUser: string | undefined;
  readonly svcGroup: string | undefined;
  readonly ldRunPath: string | undefined;
  readonly ldflags: string | undefined;
  readonly cflags: string | undefined;
}

/**
 * Reads all of a hart's metadata; the signature is not checked. Throws HAB-PKG-020 to -023, HAB-PKG-025 without IDENT,
 * TARGET or MANIFEST, and what their parsers throw.
 */
export async function readArchive(path: string): Promise<ArchiveMetadata> {
  return withFile(path, async (fd) => {
    const header = readHeaderFrom(fd);
    const files = await readMetafiles(payloadPart(fd, header));
    const idents = (name: ArchiveMetafile) => parseIdentLines(files.get(name) ?? "", name);
    const svcUser = files.get("SVC_USER");
    return {
      header,
      ident: archiveIdent(files),
      target: parseTarget(required(files, "TARGET")),
      manifest: required(files, "MANIFEST"),
      checksum: await hashRest(fd, 0),
      // Compat: what an odd PACKAGE_TYPE means is nobody's business before the package is used (§3).
      packageType: files.get("PACKAGE_TYPE") === "native" ? "native" : "standard",
      isService: svcUser !== undefined,
      deps: idents("DEPS"),
      tdeps: idents("TDEPS"),
      buildDeps: idents("BUILD_DEPS"),
      buildTdeps: idents("BUILD_TDEPS"),
      exposes: parsePorts(files.get("EXPOSES") ?? "", "EXPOSES"),
      config: files.get("default.toml"),
      path: files.get("PATH"),
      svcUser,
      svcGroup: files.get("SVC_GROUP"),
      ldRunPath: files.get("LD_RUN_PATH"),
      ldflags: files.get("LDFLAGS"),
      cflags: files.get("CFLAGS"),
    };
  });
}

/** The content of PACKAGE_TYPE where it counts (a depot refuses what it cannot place). Throws HAB-PKG-005. */
export function requirePackageType(files: ReadonlyMap<ArchiveMetafile, string>): PackageType {
  return parsePackageType(files.get("PACKAGE_TYPE"));
}

/** The ident in IDENT. Throws HAB-PKG-025 without one, HAB-PKG-011 or HAB-PKG-002 when it is not a full ident. */
export function archiveIdent(files: ReadonlyMap<ArchiveMetafile, string>): FullIdent {
  const ident = parseInside(required(files, "IDENT"));
  if (isFullIdent(ident)) return ident;
  // Not the argument of a command is wrong, but the archive: exit code 1, not 2.
  throw new HabError(
    packageErrors.fullIdentRequired,
    `IDENT in the archive is only "${formatIdent(ident)}"`,
    {
      exitCode: 1,
      next: "Rebuild the package.",
    },
  );
}

function parseInside(text: string): PackageIdent {
  try {
    return parseIdent(text);
  } catch (error) {
    throw new HabError(packageErrors.metafileMalformed, "IDENT in the archive is not an identifier", {
      cause: error,
    });
  }
}

/** The compressed archive of an open hart. */
export function payloadPart(fd: number, header: Pick<HartHeader, "payloadOffset">): FilePart {
  return { fd, offset: header.payloadOffset, length: fstatSync(fd).size - header.payloadOffset };
}

/** Metadata files of a compressed archive, trimmed. Stops early once all are found. */
export async function readMetafiles(part: FilePart): Promise<Map<ArchiveMetafile, string>> {
  return collectMetafiles(part, ARCHIVE_METAFILES);
}

/** These metadata files of a hart, trimmed. No more is decompressed than it takes. Throws as `readMetafilesOf`. */
export async function readHartFiles<Name extends MetafileName>(
  path: string,
  names: readonly Name[],
): Promise<Map<Name, string>> {
  return withFile(path, (fd) => collectMetafiles(payloadPart(fd, readHeaderFrom(fd)), names));
}

/** The same as they are, for FILES, in which names of files need not be UTF-8. */
export async function readHartFileBytes<Name extends MetafileName>(
  path: string,
  names: readonly Name[],
): Promise<Map<Name, Uint8Array>> {
  return withFile(path, async (fd) => {
    const collector = new MetafileCollector(names);
    await readTar(payloadPart(fd, readHeaderFrom(fd)), collector, () => collector.isComplete);
    return collector.bytes();
  });
}

async function collectMetafiles<Name extends MetafileName>(
  part: FilePart,
  names: readonly Name[],
): Promise<Map<Name, string>> {
  const collector = new MetafileCollector(names);
  await readTar(part, collector, () => collector.isComplete);
  return collector.decoded();
}

/** Metadata files of a hart, trimmed, whatever they hold. Throws HAB-PKG-011 and HAB-PKG-020 to -023. */
export async function readMetafilesOf(path: string): Promise<Map<ArchiveMetafile, string>> {
  return withFile(path, (fd) => readMetafiles(payloadPart(fd, readHeaderFrom(fd))));
}

/** What any archive may decompress to: a large package is half of this. */
const ALWAYS_ALLOWED_BYTES = 4 * 1024 ** 3;
/** Above that, times its compressed size. Programs compress to a third, logs to a thirtieth; zeros to a 7,000th. */
const LARGEST_EXPANSION = 200;

/** Bytes that a compressed archive of this size may decompress to. */
export function expansionLimit(compressedBytes: number): number {
  return Math.max(ALWAYS_ALLOWED_BYTES, LARGEST_EXPANSION * compressedBytes);
}

/**
 * Sends the members of a compressed archive to `visitor`, until the archive ends or `enough` says so. Throws HAB-PKG-070 when
 * it holds more than `limitBytes`, before the piece that exceeds it is used.
 */
export async function readTar(
  part: FilePart,
  visitor: TarVisitor,
  enough = () => false,
  limitBytes = expansionLimit(part.length),
): Promise<void> {
  const { decodeXz } = await import("./xz/decode.ts");
  const reader = new TarReader(visitor);
  let decompressed = 0;
  for await (const piece of decodeXz(part)) {
    decompressed += piece.length;
    if (decompressed > limitBytes)
      throw new HabError(
        packageErrors.unpacksTooLarge,
        `${part.length} compressed bytes hold more than ${limitBytes} bytes`,
      );
    reader.push(piece);
    if (reader.ended || enough()) return;
  }
  reader.finish();
}

const TOP_LEVEL_FILE = /^\/?(?:opt\/)?hab\/pkgs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/([^/]+)$/;

class MetafileCollector<Name extends MetafileName> implements TarVisitor {
  readonly found = new Map<Name, Uint8Array[]>();
  readonly #names: readonly Name[];
  #pieces: Uint8Array[] | undefined;
  #finished = 0;

  constructor(names: readonly Name[]) {
    this.#names = names;
  }

  /** Whether all were found, each to its end. */
  get isComplete(): boolean {
    return this.#finished === this.#names.length;
  }

  begin(entry: TarEntry): void {
    this.#pieces = undefined;
    const file = TOP_LEVEL_FILE.exec(entry.path)?.[1];
    const name = this.#names.find((each) => each === file);
    if (name === undefined) return;
    if (entry.size > LARGEST_METAFILE_BYTES)
      throw new HabError(packageErrors.malformedArchive, `${name} in the archive is too large`);
    this.#pieces = [];
    this.found.set(name, this.#pieces);
  }

  data(piece: Uint8Array): void {
    this.#pieces?.push(piece.slice());
  }

  end(): void {
    if (this.#pieces !== undefined) this.#finished = this.found.size;
  }

  bytes(): Map<Name, Uint8Array> {
    return new Map([...this.found].map(([name, pieces]) => [name, Buffer.concat(pieces)]));
  }

  decoded(): Map<Name, string> {
    return new Map(
      [...this.bytes()].map(([name, bytes]) => [name, decodeMetafile(bytes, `${name} in the archive`)]),
    );
  }
}

/** Text of a metadata file that must be there. Throws HAB-PKG-025. */
export function required(files: ReadonlyMap<ArchiveMetafile, string>, name: ArchiveMetafile): string {
  const text = files.get(name);
  if (text === undefined) throw new HabError(packageErrors.metafileMissing, `the hart has no ${name}`);
  return text;
}
