// Which installed packages a studio shows. They are not copied: each release's directory is mounted read-only, so a new
// studio costs a mount a package, and what is not named stays invisible.
import { HabError } from "../../error/index.ts";
import {
  compareIdents,
  type FullIdent,
  findInstalled,
  formatIdent,
  InstalledPackage,
  isInstalled,
  type PackageIdent,
  parseIdent,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";

/** Installs a package into `root`, from the artifact cache or a depot, and answers which release that is. */
export type PackageFetcher = (source: string, root: string) => Promise<FullIdent>;

export interface PackageSupply {
  /** Roots that are looked through, the machine's own first; what is fetched goes into the last. */
  readonly roots: readonly [string, string];
  /** Absent where nothing may be installed (NO_INSTALL_DEPS). */
  readonly fetch: PackageFetcher | undefined;
  /** Installs a hart that is named as a file, with nothing but what is here. */
  readonly unpack: PackageFetcher;
}

/** A release and all it needs, each in the root that has it. */
export interface Closure {
  readonly main: InstalledPackage;
  readonly packages: readonly InstalledPackage[];
}

/** The newest installed release that is complete; undefined when there is none. */
export function installedClosure(ident: PackageIdent, roots: readonly string[]): Closure | undefined {
  const candidates = roots
    .map((root) => findInstalled(ident, { root }))
    .filter((found) => found !== undefined)
    .sort((a, b) => compareIdents(b.ident, a.ident) ?? 0);
  for (const main of candidates) {
    const needed = main.tdeps.map((each) => locate(each, roots));
    if (needed.every((each) => each !== undefined)) return { main, packages: [main, ...needed] };
  }
  return undefined;
}

/** This release in the first root that has it. */
export function locate(ident: FullIdent, roots: readonly string[]): InstalledPackage | undefined {
  const root = roots.find((each) => isInstalled(ident, each));
  return root === undefined ? undefined : new InstalledPackage(ident, root);
}

/** The package of tools with all it needs; fetched when it is not installed. Throws HAB-BLD-075. */
export async function backlineClosure(text: string, supply: PackageSupply): Promise<Closure> {
  const ident = parseIdent(text);
  const present = installedClosure(ident, supply.roots);
  if (present !== undefined) return present;
  if (supply.fetch === undefined)
    throw new HabError(
      buildErrors.noBackline,
      `${text} is not installed, and NO_INSTALL_DEPS forbids to install it`,
    );
  try {
    return await fetched(text, supply.fetch, supply.roots);
  } catch (cause) {
    if (!(cause instanceof HabError)) throw cause;
    throw new HabError(
      buildErrors.noBackline,
      `${text}, the tools of a studio, is neither installed nor to be had: ${cause.message}`,
      { cause },
    );
  }
}

/** Packages of HAB_STUDIO_INSTALL_PKGS: idents or files of harts, separated by `:`. */
export async function extraClosures(list: string, supply: PackageSupply): Promise<Closure[]> {
  const closures: Closure[] = [];
  for (const each of list.split(":").filter((item) => item !== "")) {
    const isHart = each.endsWith(".hart");
    const present = isHart ? undefined : installedClosure(parseIdent(each), supply.roots);
    // Who names a file has chosen it: NO_INSTALL_DEPS is about what a depot would choose.
    const fetch = supply.fetch ?? (isHart ? supply.unpack : undefined);
    if (present === undefined && fetch === undefined)
      throw new HabError(
        buildErrors.noInstaller,
        `${each} is not installed, and NO_INSTALL_DEPS forbids to install it`,
      );
    if (present !== undefined) closures.push(present);
    else if (fetch !== undefined) closures.push(await fetched(each, fetch, supply.roots));
  }
  return closures;
}

async function fetched(
  source: string,
  fetch: PackageFetcher,
  roots: readonly [string, string],
): Promise<Closure> {
  const ident = await fetch(source, roots[1]);
  const found = installedClosure(ident, [...roots].reverse());
  if (found === undefined)
    throw new HabError(buildErrors.noInstaller, `${formatIdent(ident)} was installed incompletely`);
  return found;
}

/** The packages of several closures, each once. */
export function unionOf(closures: readonly Closure[]): InstalledPackage[] {
  const seen = new Map<string, InstalledPackage>();
  for (const { packages } of closures)
    for (const each of packages) if (!seen.has(`${each}`)) seen.set(`${each}`, each);
  return [...seen.values()];
}
