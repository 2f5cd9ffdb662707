// Links to commands of packages in a directory of everybody's PATH (reference/packages.md §17).
import { lstatSync, mkdirSync, readdirSync, readlinkSync, renameSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { HabError, systemErrorCode } from "../error/index.ts";
import { isPresent, isRegularFile, removeIfPresent, temporaryPathFor } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import type { InstalledPackage } from "./installed.ts";

export const DEFAULT_LINK_DIRECTORY = "/bin";

export interface BinlinkOptions {
  /** Absolute, in the package world: joined to the root. */
  readonly directory: string;
  /** Replace a link to something else. */
  readonly force?: boolean;
  /** Told when the directory has to be made. */
  readonly onCreate?: (directory: string) => void;
}

export interface Binlink {
  /** Where the link is, with the root. */
  readonly link: string;
  readonly target: string;
  /** `kept`: there was a link to something else, which stayed. */
  readonly outcome: "linked" | "unchanged" | "kept";
}

/** Where links go, with the root. Throws HAB-PKG-055. */
export function linkDirectory(directory: string, root: string): string {
  if (directory.startsWith("/")) return join(root, directory);
  throw new HabError(packageErrors.linkDirectory, `"${directory}" is not an absolute path`);
}

/** Links one command, which may hold slashes. Throws HAB-PKG-051, -055, -056. */
export function binlink(pkg: InstalledPackage, command: string, options: BinlinkOptions): Binlink {
  const directory = linkDirectory(options.directory, pkg.root);
  const target = findCommandIn(pkg, command);
  const link = join(directory, basename(command));
  try {
    if (!isDirectory(directory)) {
      options.onCreate?.(directory);
      mkdirSync(directory, { recursive: true });
    }
    const existing = linkTarget(link);
    if (existing === target) return { link, target, outcome: "unchanged" };
    if (existing !== undefined && options.force !== true) return { link, target, outcome: "kept" };
    if (existing === undefined) symlinkSync(target, link);
    else replaceLink(target, link);
    return { link, target, outcome: "linked" };
  } catch (error) {
    throw new HabError(packageErrors.linkBlocked, `${link} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Names of the package's commands, in the order of its PATH. Compat: a missing directory is an error here, and links to
 * directories or to nothing are commands that linking then fails to find (§17).
 */
export function* commandsOf(pkg: InstalledPackage): Generator<string> {
  for (const entry of pkg.pathEntries) {
    const directory = join(pkg.root, entry);
    let names: string[];
    try {
      names = readdirSync(directory);
    } catch (error) {
      throw new HabError(packageErrors.commandNotInPackage, `${directory} of ${pkg} cannot be listed`, {
        cause: error,
      });
    }
    for (const name of names.sort()) if (!lstatSync(join(directory, name)).isDirectory()) yield name;
  }
}

/** Path of a command of the package, without the root. Throws HAB-PKG-051. */
function findCommandIn(pkg: InstalledPackage, command: string): string {
  for (const entry of pkg.pathEntries)
    if (isRegularFile(join(pkg.root, entry, command))) return `${entry}/${command}`;
  throw new HabError(
    packageErrors.commandNotInPackage,
    `"${command}" was not found in any directory of the PATH of ${pkg}`,
  );
}

/** What a link leads to; undefined when there is none (or something else, which then stands in the way). */
function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "EINVAL") return undefined;
    throw error;
  }
}

/** There is a link at any moment. */
function replaceLink(target: string, link: string): void {
  const temporary = temporaryPathFor(link);
  try {
    symlinkSync(target, temporary);
    renameSync(temporary, link);
  } finally {
    removeIfPresent(temporary);
  }
}

function isDirectory(path: string): boolean {
  return isPresent(join(path, "."));
}
