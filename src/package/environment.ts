// The environment a package's commands run in (reference/packages.md §12).
import { HabError } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import type { InstalledPackage } from "./installed.ts";
import { loadInstalled } from "./store.ts";
import { compareText } from "./text.ts";

/**
 * Variables for a command of the package (`hab pkg env`, `hab pkg exec`, hooks, services), sorted by name. `caller`
 * is the process's own environment: where it says which certificates to use, the package does not. Throws HAB-PKG-010
 * when a dependency that must be asked is missing, HAB-PKG-011, HAB-PKG-012.
 */
export function commandEnvironment(
  pkg: InstalledPackage,
  caller: Readonly<Record<string, string | undefined>> = process.env,
): Map<string, string> {
  const variables = pkg.runtimeEnvironment;
  variables.delete("PATH");
  const path = joinPath(commandPath(pkg));
  if (path !== "") variables.set("PATH", path);
  for (const [name, list] of pkg.runtimeEnvironmentPaths) variables.set(name, list);
  if (caller["SSL_CERT_FILE"] !== undefined) variables.delete("SSL_CERT_FILE");
  return new Map([...variables].sort(([a], [b]) => compareText(a, b)));
}

/** Directories of the package's PATH: RUNTIME_PATH, or for packages from before it what the dependencies offer. */
export function commandPath(pkg: InstalledPackage): string[] {
  const path = pkg.runtimePath;
  if (path !== undefined) return path;
  const entries = new Set(pkg.pathEntries);
  for (const ident of [...pkg.deps, ...pkg.tdeps])
    for (const entry of loadInstalled(ident, { root: pkg.root }).pathEntries) entries.add(entry);
  return [...entries];
}

/** Joins directories with `:`. Throws HAB-PKG-012 when one holds it. */
export function joinPath(entries: readonly string[]): string {
  const odd = entries.find((entry) => entry.includes(":"));
  if (odd !== undefined)
    throw new HabError(packageErrors.pathNotJoinable, `the directory "${odd}" cannot be part of PATH`);
  return entries.join(":");
}
