// Which release a path lies in.
import { realpathSync } from "node:fs";
import { fsRoot } from "../host/index.ts";
import { type FullIdent, isFullIdent, isPathSafe, parseIdent } from "./ident.ts";
import { packagesDirectory } from "./installed.ts";
import { isInstalled, type StoreOptions } from "./store.ts";

/** Where the packages of a root are, by its own name and by the one without links. */
export function releasePlaces(root: string): string[] {
  const directory = packagesDirectory(root);
  const real = realPath(directory);
  return real === undefined || real === directory ? [directory] : [directory, real];
}

/** The release a path below one of these directories lies in, installed or not. */
export function releaseAt(path: string, places: readonly string[]): FullIdent | undefined {
  for (const place of places) {
    if (!path.startsWith(`${place}/`)) continue;
    const parts = path.slice(place.length + 1).split("/");
    if (parts.length < 4) continue;
    const ident = parseIdent(parts.slice(0, 4).join("/"));
    if (isFullIdent(ident) && isPathSafe(ident)) return ident;
  }
  return undefined;
}

/** The installed release a file is of, links followed; undefined for a file of none. */
export function releaseOf(path: string, { root = fsRoot() }: StoreOptions = {}): FullIdent | undefined {
  const ident = releaseAt(realPath(path) ?? path, releasePlaces(root));
  return ident === undefined || !isInstalled(ident, root) ? undefined : ident;
}

/** The path without links; undefined when nothing is there. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
