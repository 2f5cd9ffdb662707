// `hab doctor`, packages: what is in hab/pkgs is complete, readable, and has what it needs (reference/packages.md §10, §11).
import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describeError, systemErrorCode } from "../../error/index.ts";
import {
  type FullIdent,
  formatIdent,
  InstalledPackage,
  isInstalled,
  packagesDirectory,
  readHookSettings,
  TEMPORARY_PREFIX,
} from "../../package/index.ts";
import { type Check, checksOf, type DoctorContext } from "./check.ts";

const { ok, warning, failure } = checksOf("packages");

/** An install that takes longer than this is dead. */
const LEFTOVER_MS = 60 * 60 * 1000;

/** What is wrong, one check each, or one that says how many releases are fine. */
export function checkPackages(context: DoctorContext): Check[] {
  const directory = packagesDirectory(context.root);
  const checks: Check[] = [];
  let sound = 0;
  try {
    for (const origin of directoriesIn(directory))
      for (const name of directoriesIn(join(directory, origin)))
        for (const version of directoriesIn(join(directory, origin, name))) {
          const place = join(directory, origin, name, version);
          for (const release of directoriesIn(place)) {
            const problems = release.startsWith(TEMPORARY_PREFIX)
              ? leftover(context, join(place, release))
              : checkRelease({ origin, name, version, release }, context.root);
            if (problems === undefined) sound++;
            else checks.push(...problems);
          }
        }
  } catch (error) {
    checks.push(failure(directory, describeError(error), `Let this user read ${directory}.`));
  }
  return [ok("releases", `${sound} in order`), ...checks];
}

function leftover(context: DoctorContext, path: string): Check[] {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined || context.nowMs - status.mtimeMs < LEFTOVER_MS) return [];
  return [
    warning(path, "left behind by an install that was ended", `rm -r ${path}, when no install is running.`),
  ];
}

/** Problems of a release; undefined when it has none. */
function checkRelease(ident: FullIdent, root: string): Check[] | undefined {
  const name = formatIdent(ident);
  const again = `hab pkg uninstall ${name}, then hab pkg install ${name}`;
  const checks: Check[] = [];
  try {
    const installed = new InstalledPackage(ident, root);
    if (installed.metafile("TARGET") === undefined)
      return [
        failure(
          name,
          "has no TARGET: it is not complete",
          `rm -r ${installed.path}, then hab pkg install ${name}`,
        ),
      ];
    const inside = installed.metafile("IDENT");
    if (inside !== undefined && inside !== name) checks.push(failure(name, `its IDENT is ${inside}`, again));
    readEverything(installed);
    // Of another target: what it needs is not looked for here either.
    if (isInstalled(ident, root)) {
      const needed = new Map(
        [...installed.deps, ...installed.tdeps].map((each) => [formatIdent(each), each]),
      );
      for (const [text, each] of needed)
        if (!isInstalled(each, root))
          checks.push(failure(name, `needs ${text}, which is not installed`, `hab pkg install ${text}`));
    }
  } catch (error) {
    checks.push(failure(name, describeError(error), again));
  }
  return checks.length === 0 ? undefined : checks;
}

/** Reads each metadata file that has a form. Throws HAB-PKG-005 or -011 for the first that breaks it. */
function readEverything(installed: InstalledPackage): void {
  void [
    installed.deps,
    installed.tdeps,
    installed.binds,
    installed.optionalBinds,
    installed.exports,
    installed.runtimeEnvironment,
    installed.runtimePath,
    installed.packageType,
    installed.shutdownSignal,
    installed.shutdownTimeoutSeconds,
    installed.svcUser,
    installed.svcGroup,
    readHookSettings(installed.path),
  ];
}

function directoriesIn(place: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return [];
    throw error;
  }
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
