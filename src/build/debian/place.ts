// Where things of a package are found: in itself, then in what it depends on, direct dependencies first.
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { isPresent } from "../../host/index.ts";
import { walk } from "../walk.ts";
import { isThere } from "./unpack.ts";

export interface PlaceOptions {
  /** The package that is being made. */
  readonly prefix: string;
  /** The tree that its Debian packages were unpacked to, with what the plan drops. */
  readonly unpacked: string;
  /** Directories of packages. */
  readonly direct: readonly string[];
  readonly all: readonly string[];
  /** pkg_lib_dirs. */
  readonly libraryDirectories: readonly string[];
  /** `x86_64-linux-gnu` */
  readonly triplet: string;
}

export class Place {
  readonly prefix: string;
  readonly unpacked: string;
  readonly triplet: string;
  readonly #direct: readonly string[];
  readonly #others: readonly string[];
  readonly #own: ReadonlyMap<string, string>;
  readonly #foreign: ReadonlyMap<string, string>;

  constructor(options: PlaceOptions) {
    this.prefix = options.prefix;
    this.unpacked = options.unpacked;
    this.triplet = options.triplet;
    this.#direct = options.direct;
    this.#others = options.all.filter((each) => !options.direct.includes(each));
    this.#own = ownLibraries(options);
    this.#foreign = librariesOf(options.direct);
  }

  /** Where a path of Debian, without `usr`, is now; also a link that leads nowhere yet. */
  find(path: string): string | undefined {
    if (path === "") return undefined;
    if (isThere(join(this.prefix, path))) return join(this.prefix, path);
    // Of a dependency only what is really there counts.
    return [...this.#direct, ...this.#others]
      .map((each) => join(each, path))
      .find((each) => existsSync(each));
  }

  /** Whether a path is that of a package already, as a plan may write it. */
  isInPackage(path: string): boolean {
    const packages = this.prefix.split("/").slice(0, -4).join("/");
    return path.startsWith(`${this.prefix}/`) || (packages !== "" && path.startsWith(`${packages}/`));
  }

  /** A program by its name. */
  findProgram(name: string): string | undefined {
    for (const directory of [`bin/${name}`, `sbin/${name}`]) {
      const found = this.find(directory);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The directory that has a library, by its file name. */
  findLibrary(name: string): string | undefined {
    return this.#own.get(name) ?? this.#foreign.get(name);
  }
}

/** Every library of the package: first where a loader looks, then private directories, the nearest to the top first. */
function ownLibraries({ prefix, libraryDirectories, triplet }: PlaceOptions): Map<string, string> {
  const libraries = new Map<string, string>();
  for (const directory of [...libraryDirectories, `lib/${triplet}`, "lib"])
    note(libraries, join(prefix, directory));
  const others = new Set<string>();
  if (isPresent(prefix))
    for (const { path, entry } of walk(prefix))
      if (!entry.isDirectory() && isLibraryName(entry.name)) others.add(dirname(path));
  const depth = (path: string) => path.split("/").length;
  for (const directory of [...others].sort((a, b) => depth(a) - depth(b))) note(libraries, directory);
  return libraries;
}

/** What dependencies offer to others: the directories in their LD_RUN_PATH. */
function librariesOf(packages: readonly string[]): Map<string, string> {
  const libraries = new Map<string, string>();
  for (const path of packages) {
    const file = join(path, "LD_RUN_PATH");
    if (!isPresent(file)) continue;
    for (const directory of readFileSync(file, "utf8").trim().split(":")) note(libraries, directory);
  }
  return libraries;
}

function note(libraries: Map<string, string>, directory: string): void {
  if (directory === "" || !isPresent(directory) || !statSync(directory).isDirectory()) return;
  for (const name of readdirSync(directory))
    if (isLibraryName(name) && !libraries.has(name) && leadsSomewhere(join(directory, name)))
      libraries.set(name, directory);
}

function isLibraryName(name: string): boolean {
  return /\.so(?:\.|$)/.test(name);
}

function leadsSomewhere(path: string): boolean {
  try {
    realpathSync(path);
    return true;
  } catch {
    return false; // a link to nowhere
  }
}
