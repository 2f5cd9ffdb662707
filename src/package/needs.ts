// Who needs a release right now, while other processes install and remove: looked up anew each time, but what has been read
// of a release stays true as long as it is there.
import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../error/index.ts";
import { needsOf, type Release } from "./garbage.ts";
import { type FullIdent, formatIdent } from "./ident.ts";
import { InstalledPackage, packagesDirectory } from "./installed.ts";
import { parseIdentLines, readMetafile } from "./metafile.ts";
import { isInstalled, listInstalled, TEMPORARY_PREFIX } from "./store.ts";

interface Needs {
  readonly ident: FullIdent;
  readonly needs: ReadonlySet<string>;
}

export class CurrentNeeds {
  readonly #root: string;
  readonly #known = new Map<string, Needs>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Somebody who needs it: installed, or unpacked and about to be. Throws HAB-PKG-011, system errors. */
  neederOf(ident: FullIdent): FullIdent | undefined {
    const needed = formatIdent(ident);
    for (const each of this.#present()) if (each.needs.has(needed)) return each.ident;
    return undefined;
  }

  *#present(): Generator<Needs> {
    const top = packagesDirectory(this.#root);
    for (const origin of namesIn(top))
      for (const name of namesIn(join(top, origin)))
        for (const version of namesIn(join(top, origin, name)))
          for (const release of namesIn(join(top, origin, name, version))) {
            const found = release.startsWith(TEMPORARY_PREFIX)
              ? stagedIn(join(top, origin, name, version, release))
              : this.#installed({ origin, name, version, release });
            if (found !== undefined) yield found;
          }
  }

  #installed(ident: FullIdent): Needs | undefined {
    const key = formatIdent(ident);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (!isInstalled(ident, this.#root)) return undefined;
    const read = { ident, needs: needsOf(readRelease(ident, this.#root)) };
    this.#known.set(key, read);
    return read;
  }
}

/** All that is installed. Throws HAB-PKG-011 for metadata that cannot be read. */
export function installedReleases(root: string): Release[] {
  return listInstalled({ root }).map((ident) => readRelease(ident, root));
}

function readRelease(ident: FullIdent, root: string): Release {
  const { deps, tdeps } = new InstalledPackage(ident, root);
  return { ident, deps, tdeps };
}

/** A release on its way in, as far as it is unpacked. */
function stagedIn(place: string): Needs | undefined {
  const directory = join(place, "package");
  try {
    const idents = (metafile: "IDENT" | "DEPS" | "TDEPS") =>
      parseIdentLines(readMetafile(directory, metafile) ?? "", directory);
    const [ident] = idents("IDENT");
    return ident && { ident, needs: needsOf({ ident, deps: idents("DEPS"), tdeps: idents("TDEPS") }) };
  } catch {
    // Half unpacked, or gone again.
    return undefined;
  }
}

function namesIn(directory: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
  return entries.filter((entry) => !entry.isFile()).map((entry) => entry.name);
}
