// The argument of commands that show a record of a package: a hart, or what is installed.
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
