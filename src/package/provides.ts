// Which installed packages hold a file of a name (reference/packages.md §16).
import { type Dirent, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { HabError } from "../error/index.ts";
import { fsRoot } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import { formatIdent, type PackageIdent } from "./ident.ts";
import { packagesDirectory } from "./installed.ts";
import { TEMPORARY_PREFIX } from "./store.ts";

export interface Provider {
  /** Of the path: as many parts as it has, so `core/redis` for that directory itself. */
  readonly ident: PackageIdent;
  /** With the root. */
  readonly path: string;
}

/** Files, links and directories whose name is `name`, by path. Throws HAB-PKG-054 when there are none. */
export function findProviders(name: string, root: string = fsRoot()): Provider[] {
  const top = packagesDirectory(root);
  const found: Provider[] = [];
  const walk = (directory: string): void => {
    for (const entry of entriesOf(directory)) {
      if (entry.name.startsWith(TEMPORARY_PREFIX)) continue;
      const path = join(directory, entry.name);
      if (entry.name === name) {
        const [origin, pkg, version, release] = relative(top, path).split("/");
        // A directory of an origin is not part of any package.
        if (origin !== undefined && pkg !== undefined)
          found.push({
            ident: { origin, name: pkg, ...(version && { version }), ...(release && { release }) },
            path,
          });
      }
      if (entry.isDirectory()) walk(path);
    }
  };
  walk(top);
  if (found.length === 0)
    throw new HabError(packageErrors.nothingProvides, `no installed package has a file named "${name}"`);
  return found;
}

/** `core/redis`, or with `release` as much of the full ident as there is. */
export function providerName({ ident }: Provider, release: boolean): string {
  return release ? formatIdent(ident) : `${ident.origin}/${ident.name}`;
}

function entriesOf(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
