// The index of a Debian release on this machine: fetched, verified, kept, and verified again when it is used, so that a
// build needs no network for a day, and none at all where there is none (docs/decisions/0028-debian-sources.md).
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { HabError, isKind } from "../../error/index.ts";
import {
  type FileLock,
  isPresent,
  lockFile,
  lockFileWhenFree,
  removeIfPresent,
  temporaryPathFor,
  writeFileWhole,
} from "../../host/index.ts";
import { decodeXz, packageErrors } from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import type { Mirrors } from "./mirrors.ts";
import { type IndexText, Packages } from "./packages.ts";
import { parseRelease, type Release, type ReleaseFile, verifyDates } from "./release.ts";
import { type Keyring, LARGEST_RELEASE_BYTES, signedText } from "./signature.ts";
import { fetchFile, NotOnMirror, withoutPassword } from "./transport.ts";

/** An index younger than this is used as it is. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** Uncompressed, that of all of Debian has 50 MB. */
const LARGEST_INDEX_BYTES = 1024 * 1024 * 1024;

export interface ArchiveOptions {
  /** What all Debian files of the machine's builds are kept below. */
  readonly directory: string;
  readonly suite: string;
  readonly architecture: string;
  readonly mirrors: Mirrors;
  readonly keyring: Keyring;
  readonly now: Date;
  readonly signal?: AbortSignal;
  /** Lines for who builds. */
  readonly say: (line: string) => void;
  readonly warn: (line: string) => void;
}

/** One of the three parts a Debian release consists of. */
interface Pocket {
  readonly suite: string;
  readonly mirror: string;
}

/** The packages of a release with its updates and security updates. Throws HAB-BLD-091 to HAB-BLD-096. */
export async function openArchive(options: ArchiveOptions): Promise<Packages> {
  const directory = indexDirectory(options);
  mkdirSync(directory, { recursive: true });
  const lock = await lockIndex(join(directory, "lock"), options);
  try {
    if (isFresh(options)) {
      const kept = await readKept(options);
      if (kept !== undefined) return new Packages(kept);
    }
    return new Packages(await update(options));
  } finally {
    lock.release();
  }
}

/** Two builds at once would fetch the same twice. */
async function lockIndex(path: string, { signal, say }: ArchiveOptions): Promise<FileLock> {
  const free = lockFile(path, { exclusive: true });
  if (free !== undefined) return free;
  say("Waiting for another build, which is at Debian's index");
  return await lockFileWhenFree(path, { exclusive: true, ...(signal && { signal }) });
}

/** The next build asks the mirrors again: they no longer have what the index names. */
export function forgetFreshness(options: Pick<ArchiveOptions, "directory" | "suite" | "architecture">): void {
  removeIfPresent(freshnessFile(options));
}

function indexDirectory({
  directory,
  suite,
  architecture,
}: Pick<ArchiveOptions, "directory" | "suite" | "architecture">) {
  return join(directory, suite, `index-${architecture}`);
}

const freshnessFile = (options: Pick<ArchiveOptions, "directory" | "suite" | "architecture">) =>
  join(indexDirectory(options), "updated");

function pocketsOf({ suite, mirrors }: ArchiveOptions): Pocket[] {
  return [
    { suite, mirror: mirrors.main },
    { suite: `${suite}-updates`, mirror: mirrors.main },
    { suite: `${suite}-security`, mirror: mirrors.security },
  ];
}

const releaseAddress = ({ mirror, suite }: Pocket) => `${mirror}/dists/${suite}`;
const describePocket = (pocket: Pocket) => withoutPassword(`${releaseAddress(pocket)}/InRelease`);

function mirrorsText({ mirrors }: ArchiveOptions): string {
  return `${withoutPassword(mirrors.main)}\n${withoutPassword(mirrors.security)}\n`;
}

function isFresh(options: ArchiveOptions): boolean {
  const path = freshnessFile(options);
  if (!isPresent(path) || readFileSync(path, "utf8") !== mirrorsText(options)) return false;
  const age = options.now.getTime() - statSync(path).mtimeMs;
  return age >= 0 && age < MAX_AGE_MS;
}

/** Asks the mirrors. Where they cannot be reached, what is kept is used; what they answer is never let pass unchecked. */
async function update(options: ArchiveOptions): Promise<IndexText[]> {
  const { suite, say, warn, now } = options;
  say(`Updating the index of Debian ${suite}`);
  try {
    const indexes: IndexText[] = [];
    for (const pocket of pocketsOf(options)) indexes.push(await updatePocket(pocket, options));
    writeFileWhole(freshnessFile(options), mirrorsText(options), { mode: 0o644 });
    utimesSync(freshnessFile(options), now, now);
    return indexes;
  } catch (error) {
    if (!isKind(error, buildErrors.debianUnreachable)) throw error;
    const kept = await readKept(options);
    if (kept === undefined) throw error;
    warn(`${error.message}; going on with the index that was fetched before`);
    return kept;
  }
}

async function updatePocket(pocket: Pocket, options: ArchiveOptions): Promise<IndexText> {
  const { keyring, now, signal } = options;
  const what = describePocket(pocket);
  const kept = keptRelease(pocket, options);
  const fetched = temporaryPathFor(kept);
  try {
    await fetchFile(`${releaseAddress(pocket)}/InRelease`, fetched, {
      maxBytes: LARGEST_RELEASE_BYTES,
      // Where there is something to go on with, a machine without a network should not wait.
      ...(isPresent(kept) && { tries: 1 }),
      ...(signal && { signal }),
    });
    const text = await signedText(readFileSync(fetched, "utf8"), keyring, what, now);
    const release = parseRelease(text, pocket.suite, what);
    verifyDates(release, what, now);
    const before = await readKeptRelease(pocket, options);
    if (before !== undefined && before.date.getTime() > release.date.getTime())
      throw new HabError(
        buildErrors.debianRollback,
        `${what} is of ${release.date.toISOString()}, but one of ${before.date.toISOString()} was seen already`,
      );
    await updateIndex(pocket, release, options);
    renameSync(fetched, kept);
    return readIndex(pocket, release, options) ?? corrupt(what);
  } finally {
    removeIfPresent(fetched);
  }
}

function corrupt(what: string): never {
  throw new HabError(
    buildErrors.debianIndexUnusable,
    `what ${what} names was changed while it was being used`,
  );
}

/** What is kept, verified as if it had just come; undefined when a part is missing or spoiled. */
async function readKept(options: ArchiveOptions): Promise<IndexText[] | undefined> {
  const indexes: IndexText[] = [];
  for (const pocket of pocketsOf(options)) {
    const release = await readKeptRelease(pocket, options);
    const index = release === undefined ? undefined : readIndex(pocket, release, options);
    if (index === undefined) return undefined;
    indexes.push(index);
  }
  return indexes;
}

/** An earlier Release; undefined when there is none or it is not one that the present keys have signed. */
async function readKeptRelease(pocket: Pocket, options: ArchiveOptions): Promise<Release | undefined> {
  const path = keptRelease(pocket, options);
  if (!isPresent(path)) return undefined;
  try {
    const text = await signedText(readFileSync(path, "utf8"), options.keyring, path, options.now);
    return parseRelease(text, pocket.suite, path);
  } catch (error) {
    if (!isKind(error, buildErrors.debianSignature) && !isKind(error, buildErrors.debianIndexUnusable))
      throw error;
    options.warn(`${error.message}; it is fetched anew`);
    return undefined;
  }
}

function keptRelease({ suite }: Pocket, options: ArchiveOptions): string {
  return join(indexDirectory(options), `${suite}.InRelease`);
}

function keptIndex({ suite }: Pocket, options: ArchiveOptions): string {
  return join(indexDirectory(options), `${suite}.Packages`);
}

function indexPath({ architecture }: ArchiveOptions): string {
  return `main/binary-${architecture}/Packages`;
}

/** The kept index when it is the one that the Release names. */
function readIndex(pocket: Pocket, release: Release, options: ArchiveOptions): IndexText | undefined {
  const path = keptIndex(pocket, options);
  const named = release.files.get(indexPath(options));
  if (named === undefined || !isPresent(path) || statSync(path).size !== named.sizeBytes) return undefined;
  const bytes = readFileSync(path);
  if (new Bun.CryptoHasher("sha256").update(bytes).digest("hex") !== named.sha256) return undefined;
  return { bytes, mirror: pocket.mirror };
}

const COMPRESSIONS = [".xz", ".gz", ""] as const;

async function updateIndex(pocket: Pocket, release: Release, options: ArchiveOptions): Promise<void> {
  if (readIndex(pocket, release, options) !== undefined) return;
  const what = describePocket(pocket);
  const path = indexPath(options);
  const whole = release.files.get(path);
  const ending = COMPRESSIONS.find((each) => release.files.has(path + each));
  const packed = ending === undefined ? undefined : release.files.get(path + ending);
  if (whole === undefined || packed === undefined || ending === undefined)
    throw new HabError(buildErrors.debianIndexUnusable, `${what} names no ${path}`);
  if (whole.sizeBytes > LARGEST_INDEX_BYTES)
    throw new HabError(buildErrors.debianIndexUnusable, `${what} names an index of ${whole.sizeBytes} bytes`);
  const fetched = `${keptIndex(pocket, options)}${ending || ".new"}`;
  const get = (place: string) =>
    fetchFile(`${releaseAddress(pocket)}/${place}`, fetched, {
      expected: packed,
      maxBytes: LARGEST_INDEX_BYTES,
      ...(options.signal && { signal: options.signal }),
    });
  try {
    try {
      await get(release.isByHash ? `${dirname(path)}/by-hash/SHA256/${packed.sha256}` : path + ending);
    } catch (error) {
      // A copy of a mirror may have been made without these names.
      if (!(error instanceof NotOnMirror) || !release.isByHash) throw error;
      await get(path + ending);
    }
    await unpackIndex(fetched, ending, keptIndex(pocket, options), whole);
  } finally {
    removeIfPresent(fetched);
  }
}

async function unpackIndex(packed: string, ending: string, destination: string, expected: ReleaseFile) {
  const temporary = temporaryPathFor(destination);
  const source = openSync(packed, "r");
  const file = openSync(temporary, "wx", 0o644);
  try {
    const pieces: AsyncIterable<Uint8Array> =
      ending === ".xz"
        ? decodeXz({ fd: source, offset: 0, length: statSync(packed).size })
        : ending === ".gz"
          ? createReadStream(packed).pipe(createGunzip())
          : createReadStream(packed);
    let size = 0;
    const hash = new Bun.CryptoHasher("sha256");
    for await (const piece of pieces) {
      size += piece.length;
      // What it unpacks to is signed too: no bomb gets further than this.
      if (size > expected.sizeBytes) break;
      hash.update(piece);
      for (let at = 0; at < piece.length; ) at += writeSync(file, piece, at);
    }
    if (size !== expected.sizeBytes || hash.digest("hex") !== expected.sha256)
      throw new HabError(buildErrors.debianDigest, `${packed} does not unpack to what the signed index says`);
    renameSync(temporary, destination);
  } catch (error) {
    if (!isKind(error, packageErrors.corruptPayload)) throw error;
    throw new HabError(buildErrors.debianDigest, `${packed} cannot be unpacked: ${error.message}`, {
      cause: error,
    });
  } finally {
    closeSync(source);
    closeSync(file);
    removeIfPresent(temporary);
  }
}
