// Orders of idents (reference/packages.md §1.5).
import { type FullIdent, formatIdent, type PackageIdent } from "./ident.ts";
import { compareText } from "./text.ts";
import { compareVersionsOrText } from "./version.ts";

/**
 * Which of two releases of a package is newer: negative, 0 or positive. The origin does not count. Undefined where
 * there is no answer: names differ, or both lack a version, or a release.
 */
export function compareIdents(a: PackageIdent, b: PackageIdent): number | undefined {
  if (a.name !== b.name) return undefined;
  if (a.version === undefined || b.version === undefined) return compareByPresence(a.version, b.version);
  if (a.release === undefined || b.release === undefined) return compareByPresence(a.release, b.release);
  return compareVersionsOrText(a.version, b.version) || compareText(a.release, b.release);
}

/** Whether `a` is newer than `b`; false where they cannot be compared. */
export function isNewer(a: PackageIdent, b: PackageIdent): boolean {
  return (compareIdents(a, b) ?? 0) > 0;
}

/**
 * The order of listings and of uninstalling: origin, name, version, release, each upwards. The text settles what
 * versions leave open, so that the order is total (the original's is not for versions without numbers).
 */
export function compareByParts(a: FullIdent, b: FullIdent): number {
  return (
    compareText(a.origin, b.origin) ||
    compareText(a.name, b.name) ||
    compareVersionsOrText(a.version, b.version) ||
    compareText(a.release, b.release) ||
    compareText(formatIdent(a), formatIdent(b))
  );
}

/** The newest of `idents`; the first of several that cannot be told apart. */
export function newest<Ident extends PackageIdent>(idents: Iterable<Ident>): Ident | undefined {
  let best: Ident | undefined;
  for (const ident of idents) if (best === undefined || isNewer(ident, best)) best = ident;
  return best;
}

function compareByPresence(a: string | undefined, b: string | undefined): number | undefined {
  if (a === undefined) return b === undefined ? undefined : -1;
  return 1;
}
