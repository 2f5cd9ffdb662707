// Links of Debian, which lead through its one tree for everything: to where the same path is now, in the package or in one
// it depends on.
import { existsSync, readlinkSync, symlinkSync, unlinkSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { walk } from "../walk.ts";
import type { Place } from "./place.ts";
import { canonicalPath, isDocumentation, isThere } from "./unpack.ts";

/** What each machine has of its own; no package may count on it. */
const OF_THE_MACHINE = new Set(["dev", "etc", "home", "proc", "root", "run", "srv", "sys", "tmp", "var"]);

export interface LinkOutcome {
  /** Links that were left out, and why: `bin/x, which leads to /etc/x`. */
  readonly leftOut: readonly string[];
  /** Path in the package of a link → path of Debian that is nowhere. */
  readonly missing: readonly { readonly file: string; readonly wanted: string }[];
}

/** Rewrites the links of a package. Links to the documentation, to the machine and to what was dropped are left out. */
export function rewriteLinks(place: Place): LinkOutcome {
  const leftOut: string[] = [];
  const missing: { file: string; wanted: string }[] = [];
  for (const { path, entry } of walk(place.prefix)) {
    if (!entry.isSymbolicLink()) continue;
    const file = relative(place.prefix, path);
    const target = readlinkSync(path);
    if (!target.startsWith("/") && leadsInside(place.prefix, path, target)) continue;
    if (place.isInPackage(target) && existsSync(target)) continue;
    const candidates = debianPaths(file, target);
    const found = candidates.map((each) => place.find(each)).find((each) => each !== undefined);
    if (found !== undefined) {
      // Inside of a package links stay right wherever it is unpacked.
      const isOwn = found.startsWith(`${place.prefix}/`);
      replaceLink(path, isOwn ? relative(dirname(path), found) : found);
      continue;
    }
    const [wanted = ""] = candidates;
    const isLeftOut = candidates.some(
      (each) =>
        isDocumentation(each) ||
        OF_THE_MACHINE.has(each.split("/")[0] ?? "") ||
        isThere(join(place.unpacked, each)),
    );
    if (isLeftOut) {
      unlinkSync(path);
      leftOut.push(`${file}, which leads to ${target}`);
    } else missing.push({ file, wanted });
  }
  return { leftOut, missing };
}

function leadsInside(prefix: string, path: string, target: string): boolean {
  const absolute = resolve(dirname(path), target);
  return absolute.startsWith(`${prefix}/`) && isThere(absolute);
}

/** Where in Debian a link leads: a relative one depends on whether it was below /usr, which is not known any more. */
function debianPaths(file: string, target: string): string[] {
  const absolute = target.startsWith("/")
    ? [target]
    : [resolve("/usr", dirname(file), target), resolve("/", dirname(file), target)];
  return [...new Set(absolute.map((each) => canonicalPath(resolve(each))))];
}

function replaceLink(path: string, target: string): void {
  unlinkSync(path);
  symlinkSync(target, path);
}
