// What is installed: finding and listing (reference/packages.md §11).
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { fsRoot } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { type FullIdent, formatIdent, isFullIdent, isPathSafe, type PackageIdent } from "./ident.ts";
import { InstalledPackage, packagesDirectory } from "./installed.ts";
import { readMetafile } from "./metafile.ts";
import { compareByParts, compareIdents } from "./order.ts";
import { activeTarget } from "./target.ts";

/** Directories that are being filled or emptied: no listing shows them. */
export const TEMPORARY_PREFIX = ".hab-pkg-install";

/** What ends the name of a claim's lock file (claim.ts). */
export const CLAIM_SUFFIX = ".lock";

export interface StoreOptions {
  /** Replaces `/`; FS_ROOT when not given. */
  readonly root?: string;
}

/**
 * The package that is asked for: this release, or the newest installed one that satisfies `ident`. Only complete
 * packages for the active target count. Undefined when there is none.
 */
export function findInstalled(
  ident: PackageIdent,
  { root = fsRoot() }: StoreOptions = {},
): InstalledPackage | undefined {
  if (!isPathSafe(ident)) return undefined;
  if (isFullIdent(ident)) return isInstalled(ident, root) ? new InstalledPackage(ident, root) : undefined;
  // Newest first: the answer is then found without reading what every other release is built for.
  const candidates = releasesOf(ident, root).sort((a, b) => compareIdents(b, a) || compareByParts(b, a));
  const found = candidates.find((candidate) => isInstalled(candidate, root));
  return found === undefined ? undefined : new InstalledPackage(found, root);
}

/** As `findInstalled`, but throws HAB-PKG-010 when there is none. */
export function loadInstalled(ident: PackageIdent, options: StoreOptions = {}): InstalledPackage {
  const found = findInstalled(ident, options);
  if (found !== undefined) return found;
  const text = formatIdent(ident);
  throw new HabError(
    packageErrors.packageNotFound,
    isFullIdent(ident) ? `package ${text} is not installed` : `no release of package ${text} is installed`,
    { next: `Install it: hab pkg install ${text}` },
  );
}

/** Which installed packages to list: all, those of an origin, or those that satisfy an ident. */
export type ListFilter = { readonly origin?: string; readonly ident?: PackageIdent } & StoreOptions;

/** Installed packages for the active target, in the order of listings (§1.5). None where nothing is installed. */
export function listInstalled({ origin, ident, root = fsRoot() }: ListFilter = {}): FullIdent[] {
  let candidates: FullIdent[];
  if (ident !== undefined) candidates = isPathSafe(ident) ? releasesOf(ident, root) : [];
  else {
    const origins = origin === undefined ? directories(packagesDirectory(root)) : [origin];
    candidates = origins.flatMap((each) => releasesOfOrigin(each, root));
  }
  return candidates.filter((candidate) => isInstalled(candidate, root)).sort(compareByParts);
}

/** As `listInstalled`, but throws HAB-PKG-013 on a machine without `hab/pkgs`. */
export function listInstalledOrFail(filter: ListFilter = {}): FullIdent[] {
  const directory = packagesDirectory(filter.root);
  try {
    readdirSync(directory);
  } catch (error) {
    throw new HabError(packageErrors.noPackagesDirectory, `${directory} cannot be listed`, { cause: error });
  }
  return listInstalled(filter);
}

/** Whether the release's directory is there and complete: it says that it is for this machine. */
export function isInstalled(ident: FullIdent, root: string = fsRoot()): boolean {
  if (!isPathSafe(ident) || ident.release.startsWith(TEMPORARY_PREFIX)) return false;
  try {
    return readMetafile(new InstalledPackage(ident, root).path, "TARGET") === activeTarget();
  } catch {
    // Compat: a TARGET that cannot be read makes a package not installed, whatever the reason.
    return false;
  }
}

function releasesOfOrigin(origin: string, root: string): FullIdent[] {
  if (!isPathSafe({ origin, name: "any" })) return [];
  return directories(join(packagesDirectory(root), origin)).flatMap((name) =>
    releasesOf({ origin, name }, root),
  );
}

function releasesOf(ident: PackageIdent, root: string): FullIdent[] {
  const { origin, name } = ident;
  const place = join(packagesDirectory(root), origin, name);
  const versions = ident.version === undefined ? directories(place) : [ident.version];
  return versions.flatMap((version) => {
    const releases = ident.release === undefined ? directories(join(place, version)) : [ident.release];
    return releases.map((release) => ({ origin, name, version, release }));
  });
}

/** Names of the directories in `place`, links to directories included; none when it is no directory. */
function directories(place: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
  return entries
    .filter((entry) => {
      if (entry.name.startsWith(TEMPORARY_PREFIX)) return false;
      return entry.isDirectory() || (!entry.isFile() && isDirectory(join(place, entry.name)));
    })
    .map((entry) => entry.name);
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
