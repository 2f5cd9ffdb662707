// Which package the program of this Supervisor is of, and where other releases of that package have theirs.
import { join } from "node:path";
import { HabError } from "../../error/index.ts";
import { environmentValue, isCompiled } from "../../host/index.ts";
import { PROGRAM_VARIABLE } from "../../launcher/index.ts";
import { type FullIdent, findInstalled, formatIdent, releaseOf } from "../../package/index.ts";
import { supervisorErrors } from "../errors.ts";

/** The release this program is of; undefined for a program that lies in no package. */
export function ownRelease(): FullIdent | undefined {
  // What the launcher started may be a script around what runs.
  const program = environmentValue(PROGRAM_VARIABLE) ?? (isCompiled() ? process.execPath : undefined);
  return program === undefined ? undefined : releaseOf(program);
}

/** The program of an installed release. Throws `packageMissing`. */
export function programOf(ident: FullIdent): { readonly name: string; readonly path: string } {
  const installed = findInstalled(ident);
  const name = formatIdent(ident);
  if (installed === undefined)
    throw new HabError(supervisorErrors.packageMissing, `${name} is not installed`);
  return { name, path: join(installed.path, "bin", "hab") };
}

/** How the Supervisor names itself, and its version as templates and other members see it (reference/supervisor.md §1). */
export function ownTitle(
  own: FullIdent | undefined,
  version: string,
): { readonly title: string; readonly version: string } {
  if (own === undefined) return { title: `chef/hab-sup (chef/hab-sup/${version})`, version };
  return {
    title: `${own.origin}/${own.name} (${formatIdent(own)})`,
    version: `${version}/${own.release}`,
  };
}
