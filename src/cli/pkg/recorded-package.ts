// What commands that show a record of a package have in common: the package, a hart or what is installed, and reading what
// its origin has signed but nobody has checked.
import { isRegularFile } from "../../host/index.ts";
import { type InstalledPackage, loadInstalled, type PackageIdent } from "../../package/index.ts";
import { argument } from "../command.ts";
import { installSourceType, plainIdentType } from "../ident-types.ts";

/** As text that is a path or an ident. */
export const recordedPackageArgument = () =>
  argument({
    value: "SOURCE",
    help: "An installed package (core/redis), or a hart",
    completes: ["file", "installed-package"],
    type: installSourceType,
  });

/** The path of a hart, or the installed package. Throws HAB-PKG-010. */
export function recordedPackage(source: string): string | InstalledPackage {
  if (isRegularFile(source)) return source;
  const ident: PackageIdent = plainIdentType(source);
  return loadInstalled(ident);
}

/** The text; empty for what is none. */
export function textIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The objects of a list; none for what is none. */
export function objectsIn<Item extends object>(value: unknown): Item[] {
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is Item => typeof each === "object" && each !== null);
}

/** The object, with fields of which nothing is known; empty for what is none. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
