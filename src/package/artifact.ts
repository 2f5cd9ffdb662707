// From a hart to a staged release: the signature is checked, then the archive is decoded once, straight into the staging
// directory, while its content is verified; what came out must be what was asked for (reference/packages.md §13.4, §13.5).
import { constants, copyFile, fchmodSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  formatKey,
  formatNamedRevision,
  type KeyCache,
  type NamedRevision,
  type PublicKey,
  parseKey,
} from "../crypto/index.ts";
import { HabError, isKind } from "../error/index.ts";
import { removeIfPresent, syncData, syncDirectory, temporaryPathFor, writeFileWhole } from "../host/index.ts";
import {
  ARCHIVE_METAFILES,
  type ArchiveMetafile,
  archiveIdent,
  payloadPart,
  readMetafiles,
  readTar,
  required,
} from "./archive.ts";
import { artifactFileName } from "./artifact-name.ts";
import { packageErrors } from "./errors.ts";
import type { Report } from "./events.ts";
import { type HartHeader, hashRest, readHeaderFrom, requireDigest, signedDigest, withFile } from "./hart.ts";
import { type FullIdent, formatIdent, parseFullIdent, parseIdent, sameIdent } from "./ident.ts";
import { parseIdentLines, readMetafile } from "./metafile.ts";
import type { PackageSource } from "./source.ts";
import { explainSystemError, Staging } from "./staging.ts";
import { TarReader } from "./tar/reader.ts";
import { activeTarget, parseTarget } from "./target.ts";
import { Unpacker } from "./unpack.ts";

/** What staging needs of the world. */
export interface ArtifactContext {
  readonly root: string;
  /** Roots whose packages need not be installed again where they are only needed. */
  readonly otherRoots?: readonly string[];
  readonly artifactCache: string;
  readonly keys: KeyCache;
  /** Undefined when offline. */
  readonly depot: PackageSource | undefined;
  readonly report: Report;
  /** BLAKE2b-256 that harts must have, by ident. */
  readonly hartDigests?: ReadonlyMap<string, string>;
}

/** Stages the hart at `path`, which must be this package. Throws what is wrong with it. */
export async function stageArtifact(
  path: string,
  expected: FullIdent,
  context: ArtifactContext,
): Promise<Staging> {
  context.report({ kind: "verifying", ident: expected });
  return withFile(path, async (fd) => {
    await requireHart(fd, expected, context.hartDigests);
    const header = readHeaderFrom(fd);
    return verifyAndUnpack(fd, header, await signingKey(header.signer, context), expected, context.root);
  });
}

/** Throws HAB-PKG-073 for a hart of this release that is not the one asked for, whoever has signed it. */
async function requireHart(
  fd: number,
  ident: FullIdent,
  digests: ReadonlyMap<string, string> | undefined,
): Promise<void> {
  const wanted = digests?.get(formatIdent(ident));
  if (wanted === undefined) return;
  const found = await hashRest(fd, 0);
  if (found !== wanted)
    throw new HabError(
      packageErrors.unexpectedHart,
      `the hart of ${formatIdent(ident)} has the BLAKE2b-256 ${found}, but ${wanted} was asked for`,
    );
}

/**
 * Stages a hart from anywhere and, once it has proved good, keeps a copy in the artifact cache. Whoever writes to `path`
 * meanwhile changes nothing: the copy is what is verified and unpacked.
 */
export async function stageLocalHart(
  path: string,
  ident: FullIdent,
  context: ArtifactContext,
): Promise<Staging> {
  context.report({ kind: "verifying", ident });
  // A hart whose header is no good is not worth a copy.
  const signer = await withFile(path, (fd) => readHeaderFrom(fd).signer);
  const key = await signingKey(signer, context);
  const cached = join(context.artifactCache, artifactFileName(ident));
  mkdirSync(dirname(cached), { recursive: true });
  const copy = temporaryPathFor(cached);
  try {
    await copyTo(path, copy);
    return await withFile(copy, async (fd) => {
      fchmodSync(fd, 0o644);
      // The disk works while the archive is unpacked.
      const written = syncData(fd);
      const settled = written.catch(() => undefined);
      try {
        const header = readHeaderFrom(fd);
        if (formatNamedRevision(header.signer) !== formatNamedRevision(signer))
          throw new HabError(packageErrors.notAHart, `${path} has changed while it was copied`);
        const staged = await verifyAndUnpack(fd, header, key, ident, context.root);
        try {
          await written;
          renameSync(copy, cached);
          syncDirectory(dirname(cached));
        } catch (error) {
          staged.discard();
          throw error;
        }
        return staged;
      } finally {
        // The file must not be closed under it.
        await settled;
      }
    });
  } catch (error) {
    throw explainSystemError(error, ident);
  } finally {
    removeIfPresent(copy);
  }
}

/** On another thread. Not by node:fs/promises, which takes 1 ms to load. */
function copyTo(path: string, copy: string): Promise<void> {
  const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
  return new Promise((resolve, reject) =>
    copyFile(path, copy, flags, (error) => (error ? reject(error) : resolve())),
  );
}

/**
 * Unpacks beside hashing: neither waits for the other. The signature is checked before a byte is decoded, and the release
 * stays unseen until its content has proved to be what was signed; a false content ends the unpacking.
 */
async function verifyAndUnpack(
  fd: number,
  header: HartHeader,
  key: PublicKey<"origin-public">,
  expected: FullIdent,
  root: string,
): Promise<Staging> {
  const signed = await signedDigest(header, key);
  const stop = new AbortController();
  const verifying = hashRest(fd, header.payloadOffset).then((found) => requireDigest(header, signed, found));
  verifying.catch((reason: unknown) => stop.abort(reason));
  const [verified, staged] = await Promise.allSettled([
    verifying,
    unpack(fd, header.payloadOffset, expected, root, stop.signal),
  ]);
  // What was not signed is the better reason: it explains every damage found while unpacking.
  if (verified.status === "rejected") {
    if (staged.status === "fulfilled") staged.value.discard();
    throw verified.reason;
  }
  if (staged.status === "rejected") throw staged.reason;
  return staged.value;
}

async function unpack(
  fd: number,
  payloadOffset: number,
  expected: FullIdent,
  root: string,
  signal: AbortSignal,
): Promise<Staging> {
  let staging: Staging | undefined;
  try {
    staging = new Staging(expected, root);
    const unpacker = new Unpacker(staging.directory, expected);
    try {
      await readTar(payloadPart(fd, { payloadOffset }), unpacker, () => signal.aborted);
      signal.throwIfAborted();
      checkForeign(unpacker, expected);
      checkContent(staging.directory, expected);
      unpacker.finish();
    } finally {
      unpacker.abandon();
    }
    return staging;
  } catch (error) {
    staging?.discard();
    throw explainSystemError(error, expected);
  }
}

/** All run-time dependencies of a staged release. Throws HAB-PKG-011. */
export function stagedDependencies({ directory, ident }: Staging): FullIdent[] {
  return parseIdentLines(readMetafile(directory, "TDEPS") ?? "", `TDEPS of ${formatIdent(ident)}`);
}

/** An archive of another package, or of two: which one was meant to be signed is anybody's guess. */
function checkForeign({ foreignIdent, isEmpty }: Unpacker, expected: FullIdent): void {
  if (foreignIdent === undefined) return;
  throw new HabError(
    packageErrors.identMismatch,
    isEmpty
      ? `the hart is ${foreignIdent}, not ${formatIdent(expected)}`
      : `the hart holds ${foreignIdent} beside ${formatIdent(expected)}`,
  );
}

/** What was unpacked must be the package asked for, for this machine. Throws HAB-PKG-025, -026, -027. */
function checkContent(directory: string, expected: FullIdent): void {
  const files = new Map<ArchiveMetafile, string>();
  for (const name of ARCHIVE_METAFILES) {
    const text = readMetafile(directory, name);
    if (text !== undefined) files.set(name, text);
  }
  const ident = archiveIdent(files);
  if (!sameIdent(ident, expected))
    throw new HabError(
      packageErrors.identMismatch,
      `the hart is ${formatIdent(ident)}, not ${formatIdent(expected)}`,
    );
  const target = parseTarget(required(files, "TARGET"));
  if (target !== activeTarget())
    throw new HabError(
      packageErrors.wrongTarget,
      `${formatIdent(ident)} is for ${target}, but this machine is ${activeTarget()}`,
    );
}

/** The key a hart names: from the cache, or from the depot, which then fills the cache. */
export async function signingKey(
  signer: NamedRevision,
  context: ArtifactContext,
): Promise<PublicKey<"origin-public">> {
  const { keys, depot, report } = context;
  try {
    return keys.get("origin-public", signer);
  } catch (error) {
    const name = formatNamedRevision(signer);
    if (depot === undefined)
      throw new HabError(packageErrors.notOffline, `the public key ${name} is not in the key cache`, {
        cause: error,
        next: `Import the key: hab origin key import < ${name}.pub`,
      });
    report({ kind: "downloading key", key: name });
    const key = parseKey("origin-public", await depot.originKey(signer));
    if (formatNamedRevision(key.id) !== name)
      throw new HabError(packageErrors.wrongKey, `asked for ${name}, got ${formatNamedRevision(key.id)}`);
    keys.setup();
    // Not KeyCache.write: a file of that name that is no key must give way.
    writeFileWhole(keys.pathOf("origin-public", signer), formatKey(key), { mode: 0o444 });
    report({ kind: "cached key", key: name });
    return key;
  }
}

/** The ident a hart seems to be, from the first path inside: cheap, and proved only by `stageLocalHart`. */
export async function peekIdent(path: string): Promise<FullIdent | undefined> {
  return withFile(path, async (fd) => {
    const part = payloadPart(fd, readHeaderFrom(fd));
    let ident: FullIdent | undefined;
    const visitor = {
      begin(entry: { readonly path: string }) {
        const match = /^\/?hab\/pkgs\/([^/]+\/[^/]+\/[^/]+\/[^/]+)(?:\/|$)/.exec(entry.path);
        if (match?.[1] !== undefined) ident ??= parseFullIdent(Buffer.from(match[1], "latin1").toString());
      },
      data: () => undefined,
      end: () => undefined,
    };
    const { decodeStart } = await import("./xz/decode.ts");
    const reader = new TarReader(visitor);
    for (const piece of decodeStart(part)) {
      reader.push(piece);
      if (ident !== undefined || reader.ended) break;
    }
    return ident;
  });
}

/**
 * Why a hart given by its path is not even an argument (the original opens it before it does anything): then exit code 2.
 * Undefined when its metadata can be read.
 */
export async function argumentProblem(path: string): Promise<HabError | undefined> {
  try {
    await withFile(path, async (fd) => {
      const files = await readMetafiles(payloadPart(fd, readHeaderFrom(fd)));
      parseTarget(required(files, "TARGET"));
      parseIdent(required(files, "IDENT"));
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof HabError)) throw error;
    return asArgumentError(error);
  }
}

export function asArgumentError(error: HabError): HabError {
  return new HabError(error.kind, error.message, { exitCode: 2, next: error.next, cause: error.cause });
}

/** Whether this is about what is inside of a hart, so that another copy of it may be better. */
export function isDamage(error: unknown): boolean {
  return (
    [
      packageErrors.corruptPayload,
      packageErrors.malformedArchive,
      packageErrors.hostileArchive,
      packageErrors.unpacksTooLarge,
      packageErrors.notAHart,
      packageErrors.contentMismatch,
      packageErrors.unexpectedHart,
      packageErrors.metafileMissing,
      packageErrors.metafileMalformed,
      packageErrors.identMismatch,
      packageErrors.wrongTarget,
      packageErrors.invalidTarget,
    ].some((kind) => isKind(error, kind)) ||
    (error instanceof HabError && /^HAB-KEY-0(03|09|12)$/.test(error.code))
  );
}
