// What a build is held against: a hart, or the directory of an installed package. Both are read as the members of an
// archive, so whatever compares them need not know which it is.
import { closeSync, openSync, statSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../../error/index.ts";
import {
  type ArchiveMetadata,
  byteString,
  displayText,
  formatIdent,
  INSTALL_HOOK_STATUS,
  isTarget,
  type MetafileName,
  packageErrors,
  parseFullIdent,
  parseIdentLines,
  payloadPart,
  readArchive,
  readHartFiles,
  readHartHeader,
  readMetafile,
  readTar,
  TarReader,
  type TarVisitor,
  tarPieces,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";

export interface GivenPackage {
  readonly kind: "hart" | "installed";
  /** The file, or the directory. */
  readonly path: string;
}

/** What must be known of a package to build it again. */
export type GivenMetadata = Pick<ArchiveMetadata, "ident" | "target" | "deps" | "buildDeps">;

/** A file is a hart, a directory what was installed from one. Throws the system error of a path that is not there. */
export function givenAt(path: string): GivenPackage {
  return { kind: statSync(path).isDirectory() ? "installed" : "hart", path };
}

/** Throws HAB-BLD-105 for a directory that is no package, and what reading a hart throws. */
export async function metadataOf({ kind, path }: GivenPackage): Promise<GivenMetadata> {
  if (kind === "hart") return readArchive(path);
  const ident = readMetafile(path, "IDENT");
  const target = readMetafile(path, "TARGET");
  if (ident === undefined || target === undefined || !isTarget(target))
    throw new HabError(buildErrors.noPackageToCheck, `${path} is not the directory of an installed package`);
  const idents = (name: "DEPS" | "BUILD_DEPS") =>
    parseIdentLines(readMetafile(path, name) ?? "", join(path, name));
  return { ident: parseFullIdent(ident), target, deps: idents("DEPS"), buildDeps: idents("BUILD_DEPS") };
}

/** Text of a metadata file. Throws HAB-PKG-011 when it is not UTF-8. */
export async function metafileOf(
  { kind, path }: GivenPackage,
  name: MetafileName,
): Promise<string | undefined> {
  return kind === "hart" ? (await readHartFiles(path, [name])).get(name) : readMetafile(path, name);
}

export interface MemberVisitor {
  begin(path: string, entry: Parameters<TarVisitor["begin"]>[0]): void;
  data(piece: Uint8Array): void;
  end(): void;
}

/**
 * Sends the members of a package, by their paths below the release's directory, to `visitor`. What installing adds is left
 * out. Throws HAB-PKG-020 to -023, HAB-PKG-028, HAB-PKG-057, and system errors.
 */
export async function readMembers(given: GivenPackage, visitor: MemberVisitor): Promise<void> {
  let isPassedOver = false;
  const below: TarVisitor = {
    begin(entry) {
      const path = pathInPackage(displayText(entry.path));
      isPassedOver = given.kind === "installed" && path === INSTALL_HOOK_STATUS;
      if (!isPassedOver) visitor.begin(path, entry);
    },
    data(piece) {
      if (!isPassedOver) visitor.data(piece);
    },
    end() {
      if (!isPassedOver) visitor.end();
    },
  };
  if (given.kind === "installed") return readInstalled(given.path, below);
  const header = await readHartHeader(given.path);
  const fd = openSync(given.path, "r");
  try {
    await readTar(payloadPart(fd, header), below);
  } finally {
    closeSync(fd);
  }
}

/** As if it were packed: hard links, for one, are then told alike. */
async function readInstalled(directory: string, visitor: TarVisitor): Promise<void> {
  const { ident } = await metadataOf({ kind: "installed", path: directory });
  const reader = new TarReader(visitor);
  const name = byteString(`hab/pkgs/${formatIdent(ident)}`);
  try {
    for (const piece of tarPieces({ directory, name, epochSeconds: 0 })) reader.push(piece);
  } catch (cause) {
    if (systemErrorCode(cause) !== "EACCES") throw cause;
    throw new HabError(packageErrors.unreadableFile, `a file of ${formatIdent(ident)} cannot be read`, {
      cause,
    });
  }
  reader.finish();
}

function pathInPackage(member: string): string {
  return member.replace(/^\/?hab\/pkgs\/[^/]+\/[^/]+\/[^/]+\/[^/]+\/?/, "").replace(/\/$/, "") || ".";
}
