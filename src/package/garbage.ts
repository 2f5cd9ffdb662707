// Which installed releases nobody needs: roots and everything they need stay, the rest goes, dependents first. Only
// decides; garbage-collect.ts does.
import { type FullIdent, formatIdent, type PackageIdent, satisfies } from "./ident.ts";
import { compareByParts, newest } from "./order.ts";

/** An installed release as its metadata tells it. */
export interface Release {
  readonly ident: FullIdent;
  readonly deps: readonly FullIdent[];
  readonly tdeps: readonly FullIdent[];
}

/** Why a release is wanted for itself. */
export type RootReason = "loaded" | "running" | "pinned" | "binlinked" | "hab" | "interpreter" | "newest";

/** `needed`: by what stays. `in use`: somebody is installing it. `hook failed`: its uninstall hook did. */
export type GarbageKeepReason = RootReason | "needed" | "in use" | "hook failed";

export interface Root {
  /** A partial ident stands for its newest installed release, or with `every` for all that satisfy it. */
  readonly ident: PackageIdent;
  readonly reason: RootReason;
  readonly every?: boolean;
}

export interface KeptRelease {
  readonly ident: FullIdent;
  readonly reason: GarbageKeepReason;
  /** With `needed`: one of those that need it. */
  readonly neededBy?: FullIdent;
}

export interface GarbagePlan {
  /** In order of removal: whoever needs a release stands before it. */
  readonly remove: readonly FullIdent[];
  /** In the order of listings. */
  readonly keep: readonly KeptRelease[];
}

/**
 * Decides. Without `all` the newest release of each package that no other installed package depends on is a root too: it
 * was probably installed for itself.
 */
export function planGarbage(
  releases: readonly Release[],
  roots: readonly Root[],
  { all = false }: { readonly all?: boolean } = {},
): GarbagePlan {
  const installed = new Map(releases.map((release) => [formatIdent(release.ident), release]));
  const kept = new Map<string, KeptRelease>();
  const wanted = [...roots.flatMap((root) => rootsOf(root, releases)), ...(all ? [] : onPurpose(releases))];
  for (const root of wanted) {
    const key = formatIdent(root.ident);
    if (!kept.has(key)) kept.set(key, root);
  }
  const open = [...kept.keys()];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    const release = installed.get(key);
    if (release === undefined) continue;
    for (const need of needsOf(release)) {
      if (kept.has(need)) continue;
      const dependency = installed.get(need);
      if (dependency === undefined) continue;
      kept.set(need, { ident: dependency.ident, reason: "needed", neededBy: release.ident });
      open.push(need);
    }
  }
  return {
    remove: dependentsFirst(releases.filter(({ ident }) => !kept.has(formatIdent(ident)))),
    keep: [...kept.values()].sort((a, b) => compareByParts(a.ident, b.ident)),
  };
}

/** Idents, as text, of what a release declares to need, without itself. */
export function needsOf({ ident, deps, tdeps }: Release): ReadonlySet<string> {
  const needs = new Set([...deps, ...tdeps].map(formatIdent));
  needs.delete(formatIdent(ident));
  return needs;
}

function rootsOf({ ident, reason, every = false }: Root, releases: readonly Release[]): KeptRelease[] {
  const found = releases.map((release) => release.ident).filter((each) => satisfies(ident, each));
  if (every) return found.map((each) => ({ ident: each, reason }));
  const best = newest(found);
  return best === undefined ? [] : [{ ident: best, reason }];
}

/** The newest release of each package no other package depends on, whichever release of it is meant. */
function onPurpose(releases: readonly Release[]): KeptRelease[] {
  const nameOf = ({ origin, name }: PackageIdent) => formatIdent({ origin, name });
  const dependedOn = new Set<string>();
  const byName = new Map<string, FullIdent[]>();
  for (const { ident, deps, tdeps } of releases) {
    const own = nameOf(ident);
    byName.set(own, [...(byName.get(own) ?? []), ident]);
    for (const dep of [...deps, ...tdeps]) if (nameOf(dep) !== own) dependedOn.add(nameOf(dep));
  }
  const found: KeptRelease[] = [];
  for (const [name, idents] of byName) {
    const best = dependedOn.has(name) ? undefined : newest(idents);
    if (best !== undefined) found.push({ ident: best, reason: "newest" });
  }
  return found;
}

/** Sorts so that whoever needs a release stands before it. Damaged metadata may form circles, which are cut somewhere. */
function dependentsFirst(releases: readonly Release[]): FullIdent[] {
  const going = new Map(releases.map((release) => [formatIdent(release.ident), release]));
  const seen = new Set<string>();
  const dependenciesFirst: FullIdent[] = [];
  for (const start of [...releases].sort((a, b) => compareByParts(b.ident, a.ident))) {
    const stack = [{ release: start, entered: false }];
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      const { release, entered } = top;
      if (entered) {
        dependenciesFirst.push(release.ident);
        continue;
      }
      if (seen.has(formatIdent(release.ident))) continue;
      seen.add(formatIdent(release.ident));
      stack.push({ release, entered: true });
      for (const need of needsOf(release)) {
        const dependency = going.get(need);
        if (dependency !== undefined && !seen.has(need)) stack.push({ release: dependency, entered: false });
      }
    }
  }
  return dependenciesFirst.reverse();
}
