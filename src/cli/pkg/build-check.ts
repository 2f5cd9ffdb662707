// `hab pkg build --check`: says whether a plan makes a hart, or what is installed of a package, again, and where it does not.
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import {
  type BuildOptions,
  buildErrors,
  CHECK_PLACE,
  type HartComparison,
  reproduce,
} from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import {
  compareIdents,
  findInstalled,
  formatIdent,
  type PackageIdent,
  parseIdent,
} from "../../package/index.ts";
import { formatTable, type Output, type Ui } from "../../ui/index.ts";

/** What the check prints with `--json`. */
export interface CheckReport extends HartComparison {
  readonly hart: string;
  readonly ident: string;
}

export interface CheckOutput {
  readonly ui: Ui;
  readonly stdout: Output;
  /** Undefined when a person reads it. */
  readonly printJson: ((report: CheckReport) => void) | undefined;
}

/**
 * What `--check` names: a file, the directory of a package, or the newest installed release of an ident in `roots`. `name` is
 * what a person is told. Throws HAB-BLD-105.
 */
export function givenForCheck(
  text: string,
  roots: readonly string[],
): { readonly path: string; readonly name: string } {
  const isThere = statSync(text, { throwIfNoEntry: false }) !== undefined;
  if (isThere) return { path: resolve(text), name: basename(resolve(text)) };
  const found = identOrNone(text);
  const [newest] = (found === undefined ? [] : roots)
    .flatMap((root) => (found === undefined ? [] : (findInstalled(found, { root }) ?? [])))
    .sort((a, b) => compareIdents(b.ident, a.ident) ?? 0);
  if (newest === undefined)
    throw new HabError(
      buildErrors.noPackageToCheck,
      found === undefined
        ? `${text} is neither a file nor the identifier of a package`
        : `${text} is not installed, and there is no file of that name`,
    );
  return { path: newest.path, name: formatIdent(newest.ident) };
}

function identOrNone(text: string): PackageIdent | undefined {
  try {
    return parseIdent(text);
  } catch {
    return undefined;
  }
}

/** Answers the exit code of a build that failed. Throws HAB-BLD-048 when the hart is not made again. */
export async function checkHart(
  path: string,
  options: Omit<BuildOptions, "release" | "lock">,
  { ui, stdout, printJson }: CheckOutput,
): Promise<number> {
  const { given, metadata, status, comparison } = await reproduce(path, options);
  if (comparison === undefined) return status;
  const ident = formatIdent(metadata.ident);
  const { outcome, differences } = comparison;
  const hart = path.startsWith(`${CHECK_PLACE}/`) ? path.slice(CHECK_PLACE.length + 1) : path;
  printJson?.({ hart, ident, outcome, differences });
  if (outcome === "identical") {
    ui.end(`${ident} was built again, byte for byte.`);
    return 0;
  }
  if (outcome === "same-files") {
    ui.end(
      given.kind === "installed"
        ? `${ident} was built again: what is installed has the same files.`
        : `${ident} was built again: the same files, under another signature, time or compression.`,
    );
    return 0;
  }
  if (printJson === undefined)
    stdout.write(formatTable(differences.map(({ path, problem, detail }) => [problem, path, detail])));
  const count = differences.length;
  throw new HabError(
    buildErrors.notReproduced,
    `${ident} differs from ${given.kind === "installed" ? "what is installed" : hart} in ${count} ${count === 1 ? "place" : "places"}`,
  );
}
