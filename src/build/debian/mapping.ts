// Which Debian packages a plan is made of, and which of our packages stand for what those depend on. Decides only; the
// plan's word counts first, then what belongs together, then what our own plans make (docs/decisions/0028-debian-sources.md).
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { type Alternative, type Dependency, describeAlternative } from "./control.ts";
import type { DebianPackage, Packages } from "./packages.ts";
import { SHELF } from "./shelf.ts";

/** A Debian package that a plan names, with its version where the plan says which. */
export interface Wanted {
  readonly name: string;
  readonly version: string | undefined;
}

/** What the plan says. */
export interface Wishes {
  readonly packages: readonly Wanted[];
  /** pkg_deps as the plan has them. */
  readonly dependencies: readonly string[];
  /** Debian package → our package. */
  readonly map: ReadonlyMap<string, string>;
  /** Patterns of Debian packages that need nothing to stand for them. */
  readonly ignore: readonly string[];
  /** Patterns of Debian packages to take in; one with a `*` only where nothing else stands for a package; `**` everything. */
  readonly vendor: readonly string[];
  /** Essential packages that are used without being a dependency. */
  readonly essential: readonly string[];
}

/** A version that a dependency has to have been made of. */
export interface Bound {
  readonly alternative: Alternative;
  /** `origin/name` of ours that stands for it. */
  readonly ident: string;
  /** Who says so. */
  readonly by: string;
  /** Our own table chose the package, not the plan. */
  readonly isOwn: boolean;
}

/** A dependency of Debian that nothing stands for. */
export interface Unmapped {
  readonly dependency: Dependency;
  readonly by: string;
}

export interface Selection {
  /** What the plan names, then what is taken in. */
  readonly packages: readonly DebianPackage[];
  /** Names of those that are taken in. */
  readonly takenIn: readonly string[];
  /** Dependencies to add to those of the plan. */
  readonly added: readonly string[];
  readonly unmapped: readonly Unmapped[];
  readonly bounds: readonly Bound[];
}

/** Tools of packaging and of a whole system: no program that runs under a Supervisor needs them. */
const NEVER_NEEDED = new Set([
  "adduser",
  "cdebconf",
  "cron",
  "cron-daemon",
  "debconf",
  "debconf-2.0",
  "debianutils",
  "dpkg",
  "gcc-12-base",
  "init-system-helpers",
  "install-info",
  "libpam-modules",
  "libpam-modules-bin",
  "libpam-runtime",
  "logrotate",
  "lsb-base",
  "media-types",
  "passwd",
  "ssl-cert",
  "systemd-sysusers",
  "sysvinit-utils",
  "ucf",
  "update-inetd",
]);

/** What of our own plans does the work of essential packages: one the plan lists, else the last one. */
const ESSENTIALS_OF_OURS: ReadonlyMap<string, readonly string[]> = new Map([
  ["dash", ["bash", "busybox-static"]],
  ["coreutils", ["coreutils", "busybox-static"]],
]);

/** Takes in what plans of ours stand for as well: a package without dependencies. */
const VENDOR_ALL = "**";

/** A plan that takes in more than this is a distribution. */
const MOST_PACKAGES = 300;

/** Throws HAB-BLD-097, HAB-BLD-101. */
export function selectPackages(index: Packages, wishes: Wishes): Selection {
  return new Choice(index, wishes).make();
}

class Choice {
  readonly #index: Packages;
  readonly #wishes: Wishes;
  readonly #chosen = new Map<string, DebianPackage>();
  readonly #takenIn: string[] = [];
  readonly #added: string[] = [];
  readonly #unmapped: Unmapped[] = [];
  readonly #bounds: Bound[] = [];
  readonly #named: ReadonlySet<string>;

  constructor(index: Packages, wishes: Wishes) {
    this.#index = index;
    this.#wishes = wishes;
    this.#named = new Set(wishes.packages.map(({ name }) => name));
  }

  make(): Selection {
    for (const wanted of this.#wishes.packages) this.#chosen.set(wanted.name, this.#find(wanted));
    for (const name of this.#wishes.vendor)
      if (!isPattern(name)) this.#takeIn(this.#find({ name, version: undefined }));
    const [first] = this.#chosen.values();
    if (first !== undefined)
      for (const name of this.#wishes.essential) this.#serve([{ name, bound: undefined }], first);
    // The map grows while it is walked: what is taken in has dependencies too.
    for (const each of this.#chosen.values())
      for (const dependency of each.dependencies) this.#serve(dependency, each);
    return {
      packages: [...this.#chosen.values()],
      takenIn: this.#takenIn,
      added: this.#added,
      unmapped: this.#unmapped.filter(
        ({ dependency }) => !dependency.some(({ name }) => this.#chosen.has(name)),
      ),
      bounds: this.#bounds,
    };
  }

  #find({ name, version }: Wanted): DebianPackage {
    const versions = this.#index.versionsOf(name);
    const found = version === undefined ? versions[0] : versions.find((each) => each.version === version);
    if (found !== undefined) return found;
    if (versions.length > 0)
      throw new HabError(
        buildErrors.debianNoPackage,
        `there is no ${name} ${version}; the index has ${versions.map((each) => each.version).join(", ")}`,
      );
    const providers = this.#index.providersOf(name);
    const hint = providers.length > 0 ? providers.slice(0, 5) : this.#index.similarTo(name);
    throw new HabError(
      buildErrors.debianNoPackage,
      providers.length > 0
        ? `${name} is only a name that ${hint.join(", ")} provide`
        : `there is no package ${name}${hint.length > 0 ? ` (there is ${hint.join(", ")})` : ""}`,
    );
  }

  #takeIn(found: DebianPackage): void {
    if (this.#chosen.has(found.name)) return;
    if (this.#chosen.size >= MOST_PACKAGES)
      throw new HabError(
        buildErrors.badDebianSource,
        `more than ${MOST_PACKAGES} Debian packages would be taken in; name fewer in pkg_deb_vendor`,
      );
    this.#chosen.set(found.name, found);
    this.#takenIn.push(found.name);
  }

  /** Finds what serves a dependency: each rule is tried on all alternatives before the next one is. */
  #serve(dependency: Dependency, by: DebianPackage): void {
    const alternatives = this.#withProviders(dependency);
    const rules: ((alternative: Alternative) => boolean)[] = [
      ({ name }) => this.#chosen.has(name),
      ({ name }) => matchesAny(name, this.#wishes.ignore),
      (alternative) => this.#byPlan(alternative, by),
      ({ name }) => NEVER_NEEDED.has(name),
      (alternative) => this.#wishes.vendor.includes(VENDOR_ALL) && this.#byPattern(alternative),
      (alternative) => this.#byKinship(alternative, by),
      (alternative) => this.#byShelf(alternative, by),
      (alternative) => this.#byPattern(alternative),
    ];
    if (rules.some((rule) => alternatives.some(rule))) return;
    this.#unmapped.push({ dependency, by: by.name });
  }

  /** Who provides a name stands beside it; the name's own version says nothing of theirs. */
  #withProviders(dependency: Dependency): Alternative[] {
    return dependency.flatMap((alternative) => [
      alternative,
      ...(this.#index.newest(alternative.name) === undefined
        ? this.#index.providersOf(alternative.name).map((name) => ({ name, bound: undefined }))
        : []),
    ]);
  }

  #byPlan(alternative: Alternative, by: DebianPackage): boolean {
    const ident = this.#wishes.map.get(alternative.name);
    if (ident === undefined) return false;
    this.#add(ident, alternative, by, false);
    return true;
  }

  /**
   * Halves of one thing are taken in together: packages of one Debian source that no plan of ours has, or that the plan of
   * ours has that also has what is named.
   */
  #byKinship({ name, bound }: Alternative, by: DebianPackage): boolean {
    const found = this.#index.fitting(name, bound);
    if (found === undefined || found.source !== by.source) return false;
    const shelf = SHELF.get(name);
    if (shelf !== undefined && ![...this.#named].some((each) => SHELF.get(each) === shelf)) return false;
    this.#takeIn(found);
    return true;
  }

  #byShelf(alternative: Alternative, by: DebianPackage): boolean {
    const { name } = alternative;
    const plan = this.#essentialOfOurs(name) ?? SHELF.get(name);
    if (plan === undefined) return false;
    this.#add(`core/${plan}`, alternative, by, true);
    return true;
  }

  #essentialOfOurs(name: string): string | undefined {
    if (!this.#wishes.essential.includes(name)) return undefined;
    const ours = ESSENTIALS_OF_OURS.get(name) ?? [];
    const listed = this.#wishes.dependencies.map(nameOf);
    return ours.find((plan) => listed.includes(plan)) ?? ours.at(-1);
  }

  #byPattern({ name, bound }: Alternative): boolean {
    if (!matchesAny(name, this.#wishes.vendor)) return false;
    const found = this.#index.fitting(name, bound);
    if (found !== undefined) this.#takeIn(found);
    return found !== undefined;
  }

  #add(ident: string, alternative: Alternative, by: DebianPackage, isOwn: boolean): void {
    const same = (each: string) => nameOf(each) === nameOf(ident);
    // What the plan lists itself counts, also under another origin.
    const listed = this.#wishes.dependencies.find(same);
    if (listed === undefined && !this.#added.some(same)) this.#added.push(ident);
    const standsFor = (listed ?? ident).split("/").slice(0, 2).join("/");
    if (alternative.bound !== undefined)
      this.#bounds.push({
        alternative,
        ident: standsFor,
        by: by.name,
        isOwn: isOwn && listed === undefined,
      });
  }
}

function nameOf(ident: string): string {
  return ident.split("/")[1] ?? ident;
}

function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
  return patterns.some(
    (pattern) => pattern === name || (isPattern(pattern) && new Bun.Glob(pattern).match(name)),
  );
}

/** An unmapped dependency for people: `libfoo1 (>= 2) | libbar1, which acme needs`. */
export function describeUnmapped({ dependency, by }: Unmapped): string {
  return `${dependency.map(describeAlternative).join(" | ")} (of ${by})`;
}
