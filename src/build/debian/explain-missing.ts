// What to say of things that files need and no dependency has: which Debian package has it, and the ways out.
import { basename } from "node:path";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { visitFiles } from "./deb.ts";
import type { Missing } from "./install.ts";
import type { DebianPackage } from "./packages.ts";
import { fetchDeb, type StoreOptions } from "./store.ts";
import { canonicalPath } from "./unpack.ts";

/** So many are looked into for a message; a plan with more unmapped dependencies has other troubles. */
const MOST_LOOKED_INTO = 40;
const LARGEST_LOOKED_INTO_BYTES = 64 * 1024 * 1024;
const MOST_LINES = 20;
const MOST_FILES_TO_NAME = 6;

/** HAB-BLD-098 about everything that is missing. `owners`: what is missing → the Debian package that has it. */
export function missingError(missing: readonly Missing[], owners: ReadonlyMap<string, string>): HabError {
  const lines = missing
    .slice(0, MOST_LINES)
    .map((each) => `\n     ${describe(each, owners.get(each.wanted))}`);
  const more = missing.length > MOST_LINES ? `\n     and ${missing.length - MOST_LINES} more` : "";
  return new HabError(
    buildErrors.debianUnmapped,
    `what the package needs is in no dependency:${lines.join("")}${more}`,
    {
      next: waysOut(missing, owners),
    },
  );
}

function describe({ file, wanted, why }: Missing, owner: string | undefined): string {
  const from = owner === undefined ? "" : ` of Debian's ${owner}`;
  switch (why) {
    case "library":
      return `${file} needs the library ${wanted}${from}`;
    case "interpreter":
      return `${file} is a script for ${wanted}${from}`;
    case "link":
      return `${file} is a link to ${wanted}${from}`;
  }
}

function waysOut(missing: readonly Missing[], owners: ReadonlyMap<string, string>): string {
  const names = [...new Set(owners.values())];
  const name = names[0] ?? "NAME";
  const takenIn = names.length > 0 ? names.join(" ") : name;
  const shell = missing.some(({ wanted }) => ["bin/sh", "bin/env", "bin/ash"].includes(wanted))
    ? " For shell scripts core/busybox-static in pkg_deps is enough."
    : "";
  const all = [...new Set(missing.map((each) => each.file))];
  const files = all.length > MOST_FILES_TO_NAME ? `${all[0]} …` : all.join(" ");
  return (
    `Say which package of yours has it: pkg_deb_map=([${name}]=ORIGIN/NAME), or the package itself in pkg_deps; ` +
    `take it in: pkg_deb_vendor=(${takenIn}); ` +
    `or leave ${all.length > 1 ? "the files" : "the file"} out: pkg_deb_drop=(${files}).${shell}`
  );
}

/**
 * What is missing → the Debian package that has it, as far as it can be found in `unmapped`, the dependencies that nothing
 * stands for. A .deb that cannot be had is not worth another error.
 */
export async function findOwners(
  missing: readonly Missing[],
  unmapped: readonly DebianPackage[],
  options: StoreOptions,
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  const paths = new Set(missing.filter(({ why }) => why !== "library").map(({ wanted }) => wanted));
  const libraries = new Set(missing.filter(({ why }) => why === "library").map(({ wanted }) => wanted));
  for (const deb of unmapped.slice(0, MOST_LOOKED_INTO)) {
    if (owners.size === paths.size + libraries.size) break;
    if (deb.sizeBytes > LARGEST_LOOKED_INTO_BYTES) continue;
    try {
      const file = await fetchDeb(deb, options);
      await visitFiles(file, {
        begin: ({ path }) => {
          const place = canonicalPath(path);
          for (const wanted of [place, basename(place)])
            if ((paths.has(wanted) || libraries.has(wanted)) && !owners.has(wanted))
              owners.set(wanted, deb.name);
        },
        data: () => undefined,
        end: () => undefined,
      });
    } catch (error) {
      if (!(error instanceof HabError)) throw error;
    }
  }
  return owners;
}
