// What every export holds beside the packages: hab itself, which is this very program made to run on the C library of a
// package, a shell, and certificates of authorities (reference/plan-build.md §17).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { isCompiled, isPresent, isRegularFile, relocateProgram } from "../host/index.ts";
import { type InstalledPackage, PACKAGES_DIRECTORY, splitPath, type TarMember } from "../package/index.ts";
import { insidePath } from "./container-files.ts";
import { exportErrors } from "./errors.ts";
import { directory, file } from "./members.ts";
import type { ExportRoot } from "./root.ts";

export const SHELL_PACKAGE = "core/busybox-static";
const CERTIFICATES_PACKAGE = "core/cacerts";
const C_LIBRARY_PACKAGE = "core/glibc";
const COMPILER_LIBRARIES_PACKAGE = "core/gcc-libs";

/** Name of the dynamic loader in packages of the C library. */
const LOADER = process.arch === "arm64" ? "ld-linux-aarch64.so.1" : "ld-linux-x86-64.so.2";

/** Where the program is in an export. */
const PROGRAM_PATH = "/hab/bin/hab";

/** `hab` in an export. */
export interface HabInside {
  /** Packages it needs, or is of. */
  readonly base: readonly InstalledPackage[];
  /** Path of the program. */
  readonly hab: string;
  /** What is to be put there; nothing where a package brings it. */
  readonly members: readonly TarMember[];
}

/** Hab from these packages; without any it is this program. Throws HAB-EXP-003, HAB-EXP-007. */
export async function habOf(root: ExportRoot, habPackages: readonly string[]): Promise<HabInside> {
  if (habPackages.length === 0) {
    const program = await ownProgram(root);
    const library = root.find(C_LIBRARY_PACKAGE);
    return {
      base: library === undefined ? [] : [library],
      hab: PROGRAM_PATH,
      members: [directory("hab", 0o775), directory("hab/bin", 0o775), file("hab/bin/hab", program, 0o755)],
    };
  }
  const base: InstalledPackage[] = [];
  for (const each of habPackages) base.push(await root.installBase(each));
  const holder = base.find((pkg) => isRegularFile(join(pkg.path, "bin", "hab")));
  if (holder === undefined)
    throw new HabError(exportErrors.badProgram, `none of ${base.join(", ")} has bin/hab`, {
      next: "Name the package of hab with --hab-pkg.",
    });
  return { base, hab: insidePath(holder, "bin", "hab"), members: [] };
}

/** The certificates of authorities. Services that speak to nobody by TLS need none: `onMissing` then says why. */
export async function certificatesOf(
  root: ExportRoot,
  onMissing: (what: string, why: string) => void,
  signal: AbortSignal,
): Promise<InstalledPackage | undefined> {
  try {
    return await root.installBase(CERTIFICATES_PACKAGE);
  } catch (error) {
    if (signal.aborted || !(error instanceof HabError)) throw error;
    onMissing(CERTIFICATES_PACKAGE, error.message);
    return undefined;
  }
}

/** What a Supervisor is asked to run. Compat: what the user typed; of a hart, origin and name. */
export function askedFor(source: string, { ident }: InstalledPackage): string {
  return isRegularFile(source) ? `${ident.origin}/${ident.name}` : source;
}

/**
 * The bytes of this program, running on the C library that is in the export, or on one that is fetched for it. Throws
 * HAB-EXP-003, HAB-EXP-007.
 */
export async function ownProgram(root: ExportRoot): Promise<Uint8Array> {
  if (!isCompiled())
    throw new HabError(exportErrors.badProgram, "hab runs from its source here and is not one file", {
      next: "Build it (script/build) and use dist/hab, or name a package with --hab-pkg.",
    });
  const library = root.find(C_LIBRARY_PACKAGE) ?? (await root.installBase(C_LIBRARY_PACKAGE));
  const directories = libraryDirectories(library);
  const loader = directories
    .map((each) => join(each, LOADER))
    .find((each) => isPresent(join(root.directory, each)));
  if (loader === undefined)
    throw new HabError(exportErrors.badProgram, `${library} holds no ${LOADER} in its pkg_lib_dirs`);
  const compilerLibraries = root.find(COMPILER_LIBRARIES_PACKAGE);
  const program = readFileSync(process.execPath);
  relocateProgram(program, {
    loader,
    searchPath: [
      ...directories,
      ...(compilerLibraries === undefined ? [] : libraryDirectories(compilerLibraries)),
    ],
  });
  return program;
}

/** Directories of libraries of a package, as they are named inside. */
function libraryDirectories(pkg: InstalledPackage): string[] {
  return splitPath(pkg.metafile("LD_RUN_PATH") ?? "").filter((each) =>
    each.startsWith(`${PACKAGES_DIRECTORY}/`),
  );
}
