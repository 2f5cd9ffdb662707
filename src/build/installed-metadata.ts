// What the metadata files of installed dependencies say to a build, as text (reference/plan-build.md §6.3, §8.4): for a plan with
// many dependencies bash would take most of its time to read them.
import { join } from "node:path";
import { readTextIfPresent } from "../host/index.ts";

/**
 * Paths of the direct dependencies and of all they need (TDEPS), below `packages`: what is needed stands where it is needed last,
 * so dependents stand before their dependencies.
 */
export function allNeeded(packages: string, direct: readonly string[]): string[] {
  const needed = new Set<string>();
  for (const path of direct)
    for (const ident of (readTextIfPresent(join(path, "TDEPS")) ?? "").split("\n")) {
      if (ident === "") continue;
      const each = `${packages}/${ident}`;
      needed.delete(each);
      needed.add(each);
    }
  return [...direct.filter((each) => !needed.has(each)), ...needed];
}

/** A metadata file as trimmed text; undefined when there is none. */
function metadataText(path: string, name: string): string | undefined {
  return readTextIfPresent(join(path, name))?.trim();
}

/**
 * What direct dependencies (words `build=PATH`, then `run=PATH`) add to the variables of a build: LD_RUN_PATH (of run
 * dependencies only), CFLAGS, CPPFLAGS, CXXFLAGS, LDFLAGS, PKG_CONFIG_PATH; empty where they add nothing. Compat: where a package
 * has no CPPFLAGS or CXXFLAGS its CFLAGS count for those.
 */
export function flagsOf(pairs: readonly string[]): string[] {
  const all = pairs.map((pair) => ({
    isRun: pair.startsWith("run="),
    path: pair.slice(pair.indexOf("=") + 1),
  }));
  const collect = (separator: string, textOf: (path: string) => string | undefined, of = all) =>
    of
      .map(({ path }) => textOf(path) ?? "")
      .filter((text) => text !== "")
      .join(separator);
  const named = (name: string) => (path: string) => metadataText(path, name);
  const orCflags = (name: string) => (path: string) =>
    metadataText(path, name) ?? metadataText(path, "CFLAGS");
  return [
    collect(
      ":",
      named("LD_RUN_PATH"),
      all.filter(({ isRun }) => isRun),
    ),
    collect(" ", named("CFLAGS")),
    collect(" ", orCflags("CPPFLAGS")),
    collect(" ", orCflags("CXXFLAGS")),
    collect(" ", named("LDFLAGS")),
    collect(":", named("PKG_CONFIG_PATH")),
  ];
}
