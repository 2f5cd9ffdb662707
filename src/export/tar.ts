// `hab pkg export tar`: a package and all it needs as one archive, to be unpacked at `/` (reference/plan-build.md §17.1).

import { join } from "node:path";
import { isRegularFile } from "../host/index.ts";
import type { InstalledPackage, TarMember } from "../package/index.ts";
import { writeTar } from "./archive.ts";
import { ownProgram } from "./base.ts";
import { directory, file, packageMembers, treeMembers } from "./members.ts";
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
  const habMembers = await habOf(root, options);
  const path = options.destination(primary);
  options.onStep(path);
  const packages = root.packages();
  await writeTar({
    path,
    members: concatenated(packageMembers(root.directory, packages), habMembers),
    compressed: true,
    signal: options.signal,
  });
  return { path, ident: primary.toString(), packages: packages.length };
}

/** `hab/bin` of the archive: a copy of the package's, or this program. */
async function habOf(root: ExportRoot, { habPackages, withHab }: TarOptions): Promise<TarMember[]> {
  const packages: InstalledPackage[] = [];
  for (const each of habPackages) packages.push(await root.installBase(each));
  if (!withHab) return [];
  const holder = packages.find((pkg) => isRegularFile(join(pkg.path, "bin", "hab")));
  if (holder !== undefined) return [...treeMembers(join(holder.path, "bin"), "hab/bin")];
  return [directory("hab/bin", 0o775), file("hab/bin/hab", await ownProgram(root), 0o755)];
}

function* concatenated(...parts: Iterable<TarMember>[]): Generator<TarMember> {
  for (const part of parts) yield* part;
}
