// Packages as words of the command line (reference/cli.md §2.6). The texts of their errors are the original's, which words
// them in two ways: some of its commands name the value in back-ticks (grammar/parse.ts).
import { isRegularFile } from "../host/index.ts";
import { type PackageIdent, parseIdent } from "../package/index.ts";
import { argument } from "./command.ts";

/** A package, with or without version and release. Its error names the value in back-ticks. */
export function identType(text: string): PackageIdent {
  try {
    return plainIdentType(text);
  } catch (cause) {
    throw new Error(`\`${text}\`: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/** The same; its error does not repeat the value. */
export function plainIdentType(text: string): PackageIdent {
  const parts = text.split("/").length;
  try {
    if (parts >= 2 && parts <= 4) return parseIdent(text);
  } catch {
    // The original's words below say what parseIdent would.
  }
  throw new Error(
    `Invalid package identifier: ${JSON.stringify(text)}. A valid identifier is in the form origin/name (example: acme/redis)`,
  );
}

/** The argument of a command about a package that is installed. */
export const installedPackageArgument = (example = "core/redis") =>
  argument({
    value: "PKG_IDENT",
    help: `A package (${example})`,
    completes: "installed-package",
    type: identType,
  });

/** A package or the path of a hart, as text. A file is only looked into by the command. */
export function installSourceType(text: string): string {
  if (isRegularFile(text)) return text;
  if (/[^/]\.hart$/.test(text)) throw new Error(`File not found at: ${text}`);
  plainIdentType(text);
  return text;
}
