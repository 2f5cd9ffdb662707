// From the unpacked Debian packages to a package of ours: what is wanted of them, with links, scripts and programs that
// lead to packages.
import {
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { walk } from "../walk.ts";
import { Place, type PlaceOptions } from "./place.ts";
import { rewriteLinks } from "./rewrite-links.ts";
import { rewritePkgConfig } from "./rewrite-pkg-config.ts";
import { rewritePrograms } from "./rewrite-programs.ts";
import { rewriteScripts } from "./rewrite-scripts.ts";
import { isThere } from "./unpack.ts";

/** Configuration and data are of the service, which has directories for them; patterns of pkg_deb_keep bring them back. */
const DROPPED = ["etc", "var"];

export interface InstallOptions {
  /** The unpacked tree. */
  readonly from: string;
  /** A tree that comes into the package whatever is dropped. */
  readonly licences: string;
  readonly prefix: string;
  /** `x86_64-linux-gnu` */
  readonly triplet: string;
  /** Patterns relative to the package. */
  readonly drop: readonly string[];
  readonly keep: readonly string[];
}

/** Copies the unpacked files, less what is dropped. Directories that would be empty are left out. */
export function installFiles({ from, licences, prefix, triplet, drop, keep }: InstallOptions): void {
  const isWanted = filterOf(drop, keep);
  for (const { path, entry } of walk(from)) {
    if (entry.isDirectory()) continue;
    const name = relative(from, path);
    if (!isWanted(name)) continue;
    copyEntry(path, join(prefix, name));
  }
  mergeHeaders(join(prefix, "include"), triplet);
  if (!existsSync(licences)) return;
  for (const { path, entry } of walk(licences))
    if (entry.isFile()) copyEntry(path, join(prefix, relative(licences, path)));
}

/**
 * Debian's compilers look for headers of one kind of machine in a place of their own, without being told; others are told of
 * `include`. Those of C++ stay: a link to themselves would have their `#include_next` find them twice.
 */
function mergeHeaders(include: string, triplet: string): void {
  const own = join(include, triplet);
  if (!isThere(own) || lstatSync(own).isSymbolicLink() || existsSync(join(own, "c++"))) return;
  for (const { path, entry } of walk(own))
    if (!entry.isDirectory()) copyEntry(path, join(include, relative(own, path)));
  rmSync(own, { recursive: true });
  symlinkSync(".", own);
}

/** Whether a path of the unpacked tree comes into the package: a pattern holds for all that is below what it matches. */
export function filterOf(drop: readonly string[], keep: readonly string[]): (path: string) => boolean {
  const dropped = [...DROPPED, ...drop].map((each) => new Bun.Glob(each));
  const kept = keep.map((each) => new Bun.Glob(each));
  const matches = (path: string, globs: readonly Bun.Glob[]) =>
    ancestors(path).some((each) => globs.some((glob) => glob.match(each)));
  return (path) => !matches(path, dropped) || matches(path, kept);
}

/** `a/b/c` → `a`, `a/b`, `a/b/c`. */
function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function copyEntry(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  const { mode } = lstatSync(from);
  if (isThere(to)) unlinkSync(to);
  if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
    chmodSync(to, mode & 0o755);
  }
}

/** Something of Debian that a file of the package needs and that is in no package it depends on. */
export interface Missing {
  readonly file: string;
  /** Name of a library, or path of Debian without `usr`. */
  readonly wanted: string;
  readonly why: "library" | "interpreter" | "link";
}

export interface Finished {
  readonly leftOut: readonly string[];
  readonly missing: readonly Missing[];
}

/** Makes links, scripts and programs of an installed tree lead to packages. Throws HAB-BLD-100. */
export function finishFiles(options: PlaceOptions, loader: string): Finished {
  const links = rewriteLinks(new Place(options));
  // Links are libraries too: they are looked up after they lead where they should.
  const place = new Place(options);
  const missing: Missing[] = [
    ...links.missing.map((each) => ({ ...each, why: "link" as const })),
    ...rewriteScripts(place).map((each) => ({ ...each, why: "interpreter" as const })),
    ...rewritePrograms(place, loader).map((each) => ({ ...each, why: "library" as const })),
  ];
  rewritePkgConfig(place);
  removeEmptyDirectories(options.prefix);
  return { leftOut: links.leftOut, missing };
}

function removeEmptyDirectories(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(directory, entry.name);
    removeEmptyDirectories(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

/** Replaces text compiled into a file by text of the same length. Throws HAB-BLD-101. */
export function editStrings(path: string, from: string, to: string): void {
  const [wanted, replacement] = [Buffer.from(from), Buffer.from(to)];
  if (wanted.length !== replacement.length || wanted.length === 0)
    throw new HabError(buildErrors.badDebianSource, `'${from}' and '${to}' are not of the same length`);
  const bytes = readFileSync(path);
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + wanted.length)) {
    replacement.copy(bytes, at);
    count++;
  }
  if (count === 0)
    throw new HabError(
      buildErrors.badDebianSource,
      `${path} does not hold '${from}': this version of it needs another plan`,
    );
  writeFileSync(path, bytes);
}

/** Directories of a package that its consumers look into, as far as it has them. */
export function standardDirectories(prefix: string, triplet: string) {
  const present = (names: readonly string[], pattern?: RegExp) =>
    names.filter((name) => {
      const path = join(prefix, name);
      return (
        existsSync(path) && (pattern === undefined || readdirSync(path).some((each) => pattern.test(each)))
      );
    });
  return {
    bin: present(["bin", "sbin"]),
    lib: present([`lib/${triplet}`, "lib"], /\.(?:so(?:\..*)?|a)$/),
    include: present(["include"]),
    pconfig: present([`lib/${triplet}/pkgconfig`, "lib/pkgconfig", "share/pkgconfig"]),
  };
}
