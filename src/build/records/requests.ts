// What the bash program tells of a build, as `name=value` words, as typed values.

import type { Wishes } from "./build-lock.ts";
import type { PackageSettings, ResolvedDependencies } from "./keeper.ts";

/** Values of a name that may stand several times, in order. */
function valuesOf(pairs: readonly string[], name: string): string[] {
  const start = `${name}=`;
  return pairs.filter((pair) => pair.startsWith(start)).map((pair) => pair.slice(start.length));
}

/** What `pkg_deps` and `pkg_build_deps` ask for. */
export function wishesOf(pairs: readonly string[]): Wishes {
  return { run: valuesOf(pairs, "run-wish"), build: valuesOf(pairs, "build-wish") };
}

/** Paths of the dependencies that were found. */
export function resolvedDependencies(pairs: readonly string[]): ResolvedDependencies {
  return {
    run: valuesOf(pairs, "run"),
    runAll: valuesOf(pairs, "run-all"),
    build: valuesOf(pairs, "build"),
    buildAll: valuesOf(pairs, "build-all"),
  };
}

/** What the plan says of its package when all its phases are done. */
export function packageSettings(pairs: readonly string[]): PackageSettings {
  const value = (name: string) => valuesOf(pairs, name)[0] ?? "";
  return {
    ident: {
      origin: value("origin"),
      name: value("name"),
      version: value("version"),
      release: value("release"),
    },
    description: value("description"),
    upstreamUrl: value("upstream-url"),
    licenses: valuesOf(pairs, "license"),
    planFile: value("plan"),
    compressionLevel: Number(value("compression-level")),
    sourceCache: value("source-cache"),
    source: { url: value("source"), file: value("source-file"), sha256: value("source-sha256") },
  };
}
