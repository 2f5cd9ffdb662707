// Which packages links in directories of everybody's PATH lead to (reference/packages.md §17).
import { readdirSync, readlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import type { FullIdent } from "./ident.ts";
import { PACKAGES_DIRECTORY } from "./installed.ts";
import { realPath, releaseAt, releasePlaces } from "./release-at.ts";

/** Where links to packages usually are, in the package world. */
export const LINK_DIRECTORIES: readonly string[] = ["/bin", "/usr/bin", "/usr/local/bin", "/hab/bin"];

/** Links that lead to links: as many as the kernel follows. */
const MOST_LINKS = 40;

/** Releases that links in `directories` (in the package world) lead into, installed or not. Throws system errors. */
export function linkedReleases(directories: readonly string[], root: string): FullIdent[] {
  const places = [...releasePlaces(root), PACKAGES_DIRECTORY];
  const found: FullIdent[] = [];
  for (const directory of new Set(directories.map((each) => join(root, each)))) {
    for (const name of linksIn(directory)) {
      const link = join(directory, name);
      for (const path of [...targetsOf(link, root), realPath(link) ?? link]) {
        const ident = releaseAt(path, places);
        if (ident !== undefined) found.push(ident);
      }
    }
  }
  return found;
}

function linksIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => entry.name);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Every place a link passes through. Absolute targets mean the package world, so they are looked for below the root too. */
function targetsOf(link: string, root: string): string[] {
  const targets: string[] = [];
  let open = [link];
  for (let step = 0; step < MOST_LINKS && open.length > 0; step++) {
    const next = open.flatMap((path) => {
      try {
        const target = resolve(dirname(path), readlinkSync(path));
        return root === "/" ? [target] : [target, join(root, target)];
      } catch {
        return [];
      }
    });
    open = next.filter((path) => !targets.includes(path));
    targets.push(...open);
  }
  return targets;
}
