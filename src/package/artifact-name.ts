// File names of artifacts (reference/packages.md §1.6).
import { assertPathSafe, type PackageIdent, requireFull } from "./ident.ts";
import { activeTarget, type Target } from "./target.ts";

/**
 * `{origin}-{name}-{version}-{release}-{target}.hart`. It cannot be parsed back (parts may hold `-`): read IDENT from
 * the archive instead. Throws HAB-PKG-002 when the ident is partial, HAB-PKG-004 when it is no file name.
 */
export function artifactFileName(ident: PackageIdent, target: Target = activeTarget()): string {
  const { origin, name, version, release } = requireFull(ident);
  assertPathSafe(ident);
  return `${origin}-${name}-${version}-${release}-${target}.hart`;
}
