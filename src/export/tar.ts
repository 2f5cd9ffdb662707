// `hab pkg export tar`: a package and all it needs as one archive, to be unpacked at `/` (reference/plan-build.md §17.1).

import { join } from "node:path";
import { isRegularFile } from "../host/index.ts";
import type { InstalledPackage, TarMember } from "../package/index.ts";
import { writeTar } from "./archive.ts";
import { habOf } from "./base.ts";
import { packageMembers, treeMembers } from "./members.ts";
import { ExportRoot, type RootOptions } from "./root.ts";

export interface TarOptions extends RootOptions {
  /** An ident or the path of a hart. */
  readonly source: string;
  /** Packages to take hab from; without any it is this very program. */
  readonly habPackages: readonly string[];
  /** Whether `hab/bin` is there: without it the archive holds packages only. */
  readonly withHab: boolean;
  readonly destination: (primary: InstalledPackage) => string;
  readonly onStep: (step: string) => void;
}

export interface ExportedTar {
  readonly path: string;
  readonly ident: string;
  readonly packages: number;
}

/** Exports. The archive appears whole or not at all. Throws HAB-EXP-003, 004, 007 and those of installing. */
export async function exportTar(options: TarOptions): Promise<ExportedTar> {
  using root = new ExportRoot(options);
  const primary = await root.install(options.source);
  const hab = await habMembers(root, options);
  const path = options.destination(primary);
  options.onStep(path);
  const packages = root.packages();
  await writeTar({
    path,
    members: concatenated(packageMembers(root.directory, packages), hab),
    compressed: true,
    signal: options.signal,
  });
  return { path, ident: primary.toString(), packages: packages.length };
}

/** `hab/bin` of the archive: a copy of the package's, or this program. */
async function habMembers(root: ExportRoot, { habPackages, withHab }: TarOptions): Promise<TarMember[]> {
  if (!withHab) {
    for (const each of habPackages) await root.installBase(each);
    return [];
  }
  const { base, members } = await habOf(root, habPackages);
  const holder = base.find((pkg) => isRegularFile(join(pkg.path, "bin", "hab")));
  return holder === undefined
    ? members.filter(({ name }) => name !== "hab")
    : [...treeMembers(join(holder.path, "bin"), "hab/bin")];
}

function* concatenated(...parts: Iterable<TarMember>[]): Generator<TarMember> {
  for (const part of parts) yield* part;
}
