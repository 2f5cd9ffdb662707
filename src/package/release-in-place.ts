// A release that comes into being where it will be installed, as a build makes it: programs have their prefix compiled in.
// TARGET is what makes a directory a package (store.ts), so it appears last; until then nobody else finds the release.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { isPresent } from "../host/index.ts";
import { Claim } from "./claim.ts";
import { packageErrors } from "./errors.ts";
import { type FullIdent, formatIdent } from "./ident.ts";
import { packagesDirectory } from "./installed.ts";
import { removeRelease, sweepBeside } from "./staging.ts";

/** The metadata file that is written last, when everything else is in its place. */
export const LAST_METAFILE = "TARGET";

export class ReleaseInPlace {
  readonly ident: FullIdent;
  readonly #claim: Claim;

  private constructor(ident: FullIdent, claim: Claim) {
    this.ident = ident;
    this.#claim = claim;
  }

  /**
   * Claims the place of a release that is to be made, and removes what unfinished builds of other releases of this package
   * have left. Throws HAB-PKG-075 while another process makes it.
   */
  static begin(ident: FullIdent, root: string): ReleaseInPlace {
    const claim = Claim.take(ident, root);
    if (claim === undefined)
      throw new HabError(
        packageErrors.releaseInTheMaking,
        `${formatIdent(ident)} is being built or installed by another process`,
      );
    sweepUnfinished(ident, root);
    return new ReleaseInPlace(ident, claim);
  }

  /** Gives the place up, finished or not. What an unfinished one holds stays to be looked at, until the next build. */
  end(): void {
    this.#claim.release();
  }
}

/** Removes releases of the same package that have no TARGET and that nobody is making. Never throws: they are in nobody's way. */
function sweepUnfinished(own: FullIdent, root: string): void {
  const name = join(packagesDirectory(root), own.origin, own.name);
  for (const version of namesIn(name))
    for (const release of namesIn(join(name, version))) {
      const ident = { ...own, version, release };
      if (!/^\d{14}$/.test(release) || (version === own.version && release === own.release)) continue;
      const isFinished = () => isPresent(join(name, version, release, LAST_METAFILE));
      if (isFinished()) continue;
      try {
        const claim = Claim.take(ident, root);
        if (claim === undefined) continue;
        try {
          if (!isFinished()) removeRelease(ident, root);
        } finally {
          claim.release();
        }
      } catch {
        // Gone already, or not ours to remove.
      }
    }
  try {
    sweepBeside(own, root);
  } catch {
    // As above.
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
