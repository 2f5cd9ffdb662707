// What a build does with a lock: takes the releases that it names (--locked), notes those that it found (--lock), or takes
// those of a hart that is to be built again (--check).
import { basename, join } from "node:path";
import { HabError } from "../../error/index.ts";
import { readTextIfPresent, writeFileWhole } from "../../host/index.ts";
import {
  type ArchiveMetadata,
  type FullIdent,
  formatIdent,
  installPath,
  parseIdent,
  satisfies,
  type Target,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { publicAddress } from "./address.ts";
import { debianPackagesOf } from "./debian-file.ts";
import { filesSha256 } from "./dependency-facts.ts";
import { identOf, type ResolvedDependencies } from "./keeper.ts";
import {
  formatLock,
  LOCK_FILE,
  type LockedPackage,
  type LockedSource,
  parseLock,
  type TargetLock,
} from "./lock-file.ts";

/** What a plan asks for, in its words. */
export interface Wishes {
  readonly run: readonly string[];
  readonly build: readonly string[];
}

/** A fetched file, and what it holds. */
export interface FetchedSource {
  readonly path: string;
  readonly url: string;
  digest(): Promise<string>;
}

/** How a lock takes part in a build. What disagrees with it throws, and the build ends. */
export interface BuildLock {
  /** The release to take for these words of a plan; undefined when any will do. Throws HAB-BLD-044. */
  releaseFor(wish: string): FullIdent | undefined;
  /** BLAKE2b-256 of harts by their idents: those that are installed must have them. */
  readonly hartDigests: ReadonlyMap<string, string>;
  noteRelease(wish: string, ident: FullIdent): void;
  /** All dependencies are known and installed. */
  noteResolved(wishes: Wishes, resolved: ResolvedDependencies): Promise<void>;
  noteSource(source: FetchedSource): Promise<void>;
  /** The package's files are in place. */
  notePackage(prefix: string): void;
  /** The build has succeeded. */
  finish(): void;
}

/** BLAKE2b-256 of a release's hart, from the artifact cache or the depot; undefined where neither has it. */
export type HartDigest = (ident: FullIdent) => Promise<string | undefined>;

/** What locks need of the world. */
export interface LockContext {
  readonly root: string;
  readonly target: Target;
  /** The directory of plan.sh, where the lock file is. */
  readonly planDirectory: string;
  readonly hartDigest: HartDigest;
}

/** Obeys the lock file. Throws HAB-BLD-043 and HAB-BLD-044. */
export function obeyLock({ root, target, planDirectory }: LockContext): BuildLock {
  const file = join(planDirectory, LOCK_FILE);
  const text = readTextIfPresent(file);
  if (text === undefined) throw disagreement(`there is no ${file}`);
  const lock = parseLock(text, file).get(target);
  if (lock === undefined) throw disagreement(`${file} has nothing for ${target}`);
  const packages = new Map(lock.packages.map((each) => [formatIdent(each.ident), each]));
  return {
    hartDigests: new Map(lock.packages.map((each) => [formatIdent(each.ident), each.hart])),
    releaseFor(wish) {
      const release = lock.run.get(wish) ?? lock.build.get(wish);
      if (release === undefined)
        throw disagreement(`the plan depends on ${wish}, which is not in ${LOCK_FILE}`);
      return release;
    },
    noteRelease: () => undefined,
    async noteResolved(wishes, resolved) {
      requireSame("pkg_deps", wishes.run, [...lock.run.keys()]);
      requireSame("pkg_build_deps", wishes.build, [...lock.build.keys()]);
      const used = new Set(
        [...resolved.runAll, ...resolved.buildAll].map((path) => formatIdent(identOf(path))),
      );
      for (const ident of used) requirePackage(ident, packages.get(ident), root);
      for (const ident of packages.keys())
        if (!used.has(ident)) throw disagreement(`${LOCK_FILE} has ${ident}, which nothing needs`);
    },
    async noteSource({ path, digest }) {
      requireSource(basename(path), await digest(), lock.sources);
    },
    notePackage(prefix) {
      const line = (each: TargetLock["debian"][number]) =>
        `${each.name} ${each.version} ${each.architecture} ${each.sha256}`;
      requireSame("the package's file DEBIAN", debianPackagesOf(prefix).map(line), lock.debian.map(line));
    },
    finish: () => undefined,
  };
}

function requireSame(what: string, found: readonly string[], locked: readonly string[]): void {
  for (const each of found)
    if (!locked.includes(each)) throw disagreement(`${what} has ${each}, which is not in ${LOCK_FILE}`);
  for (const each of locked)
    if (!found.includes(each)) throw disagreement(`${LOCK_FILE} has ${each}, which is no longer in ${what}`);
}

function requirePackage(ident: string, locked: LockedPackage | undefined, root: string): void {
  if (locked === undefined) throw disagreement(`${ident} is needed, but not in ${LOCK_FILE}`);
  const files = filesSha256(installPath(locked.ident, root));
  if (files !== locked.files)
    throw disagreement(`${ident} is installed, but is not the package of this name that ${LOCK_FILE} has`, {
      next: `Install it anew: hab pkg uninstall ${ident}, then build again.`,
    });
}

function requireSource(file: string, sha256: string, locked: readonly LockedSource[]): void {
  const source = locked.find((each) => each.file === file);
  if (source === undefined) throw disagreement(`the source ${file} is not in ${LOCK_FILE}`);
  if (source.sha256 !== sha256)
    throw disagreement(`the source ${file} has the SHA-256 ${sha256}, but ${source.sha256} in ${LOCK_FILE}`);
}

/** Finds releases as ever and writes them to the lock file in the end; what it says of other targets stays. */
export function writeLock({ root, target, planDirectory, hartDigest }: LockContext): BuildLock {
  const file = join(planDirectory, LOCK_FILE);
  const releases = new Map<string, FullIdent>();
  const sources = new Map<string, LockedSource>();
  let wished: Wishes = { run: [], build: [] };
  let packages: LockedPackage[] = [];
  let debian: TargetLock["debian"] = [];
  // Better said now than when the build is done: what it holds of other targets must not be lost.
  const before = readTextIfPresent(file);
  const others = before === undefined ? new Map<Target, TargetLock>() : parseLock(before, file);
  const locked = (wishes: readonly string[]) =>
    new Map(wishes.flatMap((wish) => entryOf(wish, releases.get(wish))));
  return {
    hartDigests: new Map(),
    // What the plan asks for twice is one release, whatever the depot gets in between.
    releaseFor: (wish) => releases.get(wish),
    noteRelease(wish, ident) {
      releases.set(wish, ident);
    },
    async noteResolved(wishes, resolved) {
      wished = wishes;
      const idents = [...resolved.runAll, ...resolved.buildAll].map(identOf);
      const unique = new Map(idents.map((each) => [formatIdent(each), each]));
      packages = [];
      for (const [name, ident] of unique) {
        const hart = await hartDigest(ident);
        if (hart === undefined)
          throw new HabError(
            buildErrors.noHartToLock,
            `the hart of ${name} is neither in the artifact cache nor on the depot`,
          );
        packages.push({ ident, hart, files: filesSha256(installPath(ident, root)) });
      }
    },
    async noteSource({ path, url, digest }) {
      const name = basename(path);
      sources.set(name, { file: name, url: publicAddress(url), sha256: await digest() });
    },
    notePackage(prefix) {
      debian = debianPackagesOf(prefix);
    },
    finish() {
      const own = { run: locked(wished.run), build: locked(wished.build), packages, debian };
      const lock = new Map(others).set(target, { ...own, sources: [...sources.values()] });
      const text = formatLock(lock);
      if (text !== before) writeFileWhole(file, text, { mode: 0o644 });
    },
  };
}

function entryOf(wish: string, release: FullIdent | undefined): [string, FullIdent][] {
  return release === undefined ? [] : [[wish, release]];
}

/** Takes the releases that a hart was built with. */
export function releasesOfHart(hart: Pick<ArchiveMetadata, "ident" | "deps" | "buildDeps">): BuildLock {
  const nothing = () => undefined;
  return {
    hartDigests: new Map(),
    releaseFor(wish) {
      const wanted = parseIdent(wish);
      const release = [...hart.buildDeps, ...hart.deps].find((each) => satisfies(each, wanted));
      if (release === undefined)
        throw disagreement(
          `${formatIdent(hart.ident)} was built without ${wish}, which the plan depends on`,
          {
            next: "Check out the plan that the hart was built from.",
          },
        );
      return release;
    },
    noteRelease: nothing,
    noteResolved: async () => undefined,
    noteSource: async () => undefined,
    notePackage: nothing,
    finish: nothing,
  };
}

function disagreement(problem: string, options: { readonly next?: string } = {}): HabError {
  return new HabError(buildErrors.lockDisagrees, problem, options);
}
