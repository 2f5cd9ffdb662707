// Package identifiers: `origin/name[/version[/release]]` (reference/packages.md §1.1–§1.3).
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";

/** What a person names: a package, a version of it, or one release. A release needs a version. */
export interface PackageIdent {
  readonly origin: string;
  readonly name: string;
  readonly version?: string;
  readonly release?: string;
}

/** One release of one version: names exactly one artifact for a target. */
export interface FullIdent extends PackageIdent {
  readonly version: string;
  readonly release: string;
}

/**
 * Parses two to four parts between slashes. Compat: nothing is trimmed and parts may be empty or odd; whoever makes a
 * path of an ident goes through `assertPathSafe`. Throws HAB-PKG-001.
 */
export function parseIdent(text: string): PackageIdent {
  const [origin, name, version, release, ...rest] = text.split("/");
  if (origin === undefined || name === undefined || rest.length > 0)
    throw new HabError(packageErrors.invalidIdent, `"${text}" is not a package identifier`);
  if (version === undefined) return { origin, name };
  if (release === undefined) return { origin, name, version };
  return { origin, name, version, release };
}

/** Parses an ident that must have all four parts. Throws HAB-PKG-001 or HAB-PKG-002. */
export function parseFullIdent(text: string): FullIdent {
  return requireFull(parseIdent(text));
}

/** The same ident as a full one. Throws HAB-PKG-002. */
export function requireFull(ident: PackageIdent): FullIdent {
  if (isFullIdent(ident)) return ident;
  throw new HabError(
    packageErrors.fullIdentRequired,
    `a fully qualified package identifier is needed, but this is "${formatIdent(ident)}"`,
  );
}

export function isFullIdent(ident: PackageIdent): ident is FullIdent {
  return ident.version !== undefined && ident.release !== undefined;
}

/** The text form. A release without a version is not printed. */
export function formatIdent(ident: PackageIdent): string {
  const { origin, name, version, release } = ident;
  if (version === undefined) return `${origin}/${name}`;
  return release === undefined ? `${origin}/${name}/${version}` : `${origin}/${name}/${version}/${release}`;
}

/** Whether two idents agree as far as both go (§1.3): `core/redis` and `core/redis/4.0.14/2019…` satisfy each other. */
export function satisfies(a: PackageIdent, b: PackageIdent): boolean {
  if (a.origin !== b.origin || a.name !== b.name) return false;
  if (a.version !== undefined) {
    if (b.version === undefined) return true;
    if (a.version !== b.version) return false;
  }
  if (a.release === undefined || b.release === undefined) return true;
  return a.release === b.release;
}

/** Whether both name the same thing, part by part. */
export function sameIdent(a: PackageIdent, b: PackageIdent): boolean {
  return a.origin === b.origin && a.name === b.name && a.version === b.version && a.release === b.release;
}

/** Whether an origin may be created or used in a flag: lower case, digits, `-`, `_`, at most 255 characters. */
export function isValidOriginName(name: string): boolean {
  return name.length <= 255 && /^[a-z0-9][a-z0-9_-]*$/.test(name) && !name.endsWith("\n");
}

/** Whether a depot accepts a package of this name. */
export function isValidPackageName(name: string): boolean {
  return /^[A-Za-z0-9_-]+$/.test(name) && !name.endsWith("\n");
}

/** Whether every part can be the name of one directory. */
export function isPathSafe(ident: PackageIdent): boolean {
  return [ident.origin, ident.name, ident.version, ident.release].every(
    (part) => part === undefined || isPathPart(part),
  );
}

/** Refuses an ident that would leave the package directory when made a path. Throws HAB-PKG-004. */
export function assertPathSafe(ident: PackageIdent): void {
  if (!isPathSafe(ident))
    throw new HabError(packageErrors.unsafeIdent, `"${formatIdent(ident)}" cannot be a place on disk`);
}

function isPathPart(part: string): boolean {
  return part !== "" && part !== "." && part !== ".." && !part.includes("/") && !part.includes("\0");
}
