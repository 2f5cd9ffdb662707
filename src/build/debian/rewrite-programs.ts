// Programs and libraries of a package: each gets the loader of core/glibc and DT_RPATH with the directory of each library
// it names. DT_RPATH, not RUNPATH: LD_LIBRARY_PATH must not come before it, and it has to hold for what libraries load
// themselves (docs/decisions/0015-packages-of-debian.md). The loader itself stays as it is.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { HabError } from "../../error/index.ts";
import { isPresent } from "../../host/index.ts";
import { type ElfFile, readElf } from "../elf.ts";
import { buildErrors } from "../errors.ts";
import { walk } from "../walk.ts";
import { editElf } from "./elf-edit.ts";
import type { Place } from "./place.ts";
import { canonicalPath } from "./unpack.ts";

/** libc loads it by name when a thread ends; it is found by the search path of the program. */
const UNWINDER = "libgcc_s.so.1";

export interface MissingLibrary {
  readonly file: string;
  /** Name of a library. */
  readonly wanted: string;
}

/** Points all programs at packages; says which libraries are nowhere. `loader`: its file name. Throws HAB-BLD-100. */
export function rewritePrograms(place: Place, loader: string): MissingLibrary[] {
  const missing: MissingLibrary[] = [];
  for (const { path, entry } of walk(place.prefix)) {
    if (!entry.isFile() || entry.name === loader) continue;
    const elf = readElf(path);
    if (elf === undefined || elf.kind === "relocatable" || elf.kind === "other") continue;
    // Static programs have nothing to change.
    if (elf.interpreter === undefined && elf.needed.length === 0 && !hasSearchPath(elf)) continue;
    const file = relative(place.prefix, path);
    const search = searchPath(path, elf, place, loader);
    missing.push(...search.missing.map((wanted) => ({ file, wanted })));
    if (search.missing.length > 0) continue;
    const bytes = readFileSync(path);
    const rpath = search.directories.join(":");
    if (search.directories.some((each) => each.includes(":")))
      throw new HabError(buildErrors.elfNotEditable, `${file}: a search path cannot hold a colon (${rpath})`);
    const interpreter = elf.interpreter === undefined ? undefined : loaderPath(place, loader);
    if (interpreter === undefined && elf.interpreter !== undefined) {
      missing.push({ file, wanted: loader });
      continue;
    }
    const edited = editElf(
      bytes,
      { interpreter, rpath: rpath === "" && !hasSearchPath(elf) ? undefined : rpath },
      file,
    );
    if (!edited.equals(bytes)) writeFileSync(path, edited);
  }
  return missing;
}

function hasSearchPath({ rpath, runpath }: ElfFile): boolean {
  return rpath.length > 0 || runpath.length > 0;
}

function loaderPath(place: Place, loader: string): string | undefined {
  const directory = place.findLibrary(loader);
  return directory === undefined ? undefined : join(directory, loader);
}

function searchPath(path: string, elf: ElfFile, place: Place, loader: string) {
  const directories: string[] = [];
  const missing: string[] = [];
  const add = (directory: string | undefined) => {
    if (directory !== undefined && !directories.includes(directory)) directories.push(directory);
  };
  // What Debian says of private directories holds here too: also for what is loaded by name.
  for (const each of elf.runpath.length > 0 ? elf.runpath : elf.rpath) {
    if (/^\$(?:ORIGIN|\{ORIGIN\})/.test(each)) add(each);
    else if (each.startsWith("/")) add(place.find(canonicalPath(each)));
  }
  const isThere = (directory: string, name: string) =>
    isPresent(join(directory.replace(/\$ORIGIN|\$\{ORIGIN\}/g, dirname(path)), name));
  for (const name of elf.needed) {
    if (name === loader) continue;
    if (directories.some((directory) => isThere(directory, name))) continue;
    const beside = isPresent(join(dirname(path), name)) ? dirname(path) : undefined;
    const found = place.findLibrary(basename(name)) ?? beside;
    if (found === undefined) missing.push(name);
    else add(found);
  }
  if (elf.interpreter !== undefined) add(place.findLibrary(UNWINDER));
  return { directories, missing };
}
