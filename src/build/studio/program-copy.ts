// The one program inside a studio. It needs a C library, which a studio does not have and must not show to plans: a copy of
// the program names a dynamic linker and a place for libraries of its own below /hab/.hab, where those of the machine are
// copied to. Made once for each build of hab.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { HabError } from "../../error/index.ts";
import { relocateProgram } from "../../host/index.ts";
import { readElf } from "../elf.ts";
import { buildErrors } from "../errors.ts";

/** Where the copy is in a studio. */
export const PROGRAM_DIRECTORY = "/hab/.hab";
const LINKER = "ld.so";

/** Loaded late, when a name is looked up or a thread ends. */
const LATE_LIBRARIES = ["libresolv.so.2", "libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1"];
/** Copies for programs that are gone are kept this long. */
const UNUSED_LIFETIME_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * The directory with our program as studios have it; made below `cache` when there is none for the program at `hab`.
 * Throws HAB-BLD-078, HAB-HST-006.
 */
export function programCopy(hab: string, cache: string): string {
  const program = realpathSync(hab);
  const { size, mtimeMs, ino } = statSync(program);
  const name = new Bun.CryptoHasher("sha256").update(`${program} ${size} ${mtimeMs} ${ino} 2`).digest("hex");
  const place = join(cache, "programs", name.slice(0, 24));
  if (existsSync(place)) {
    const now = new Date();
    utimesSync(place, now, now);
    return place;
  }
  const parent = dirname(place);
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  sweep(parent);
  const unfinished = mkdtempSync(join(parent, ".making-"));
  try {
    makeCopy(program, unfinished);
    renameSync(unfinished, place);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Somebody else was quicker with the same.
    if (!existsSync(place)) throw error;
  }
  return place;
}

function makeCopy(program: string, directory: string): void {
  const linker = readElf(program)?.interpreter;
  if (linker === undefined)
    throw new HabError(buildErrors.noStudioProgram, `${program} is not a program that needs a C library`);
  const bytes = readFileSync(program);
  relocateProgram(bytes, { loader: `${PROGRAM_DIRECTORY}/${LINKER}`, searchPath: [PROGRAM_DIRECTORY] });
  writeFileSync(join(directory, "hab"), bytes, { mode: 0o755 });
  copyFileSync(realpathSync(linker), join(directory, LINKER));
  for (const library of libraries()) {
    // The name it is asked for by; older C libraries have another one on disk.
    const name = readElf(library)?.soname ?? basename(library);
    copyFileSync(library, join(directory, name));
  }
  // What mkdtemp makes is for the owner only; services in a studio may run as others.
  for (const name of [".", "hab", LINKER]) chmodSync(join(directory, name), 0o755);
}

/** The C library's files that this very process has loaded, and what it would load later. */
function libraries(): string[] {
  const mapped = readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .map((line) => line.slice(line.indexOf("/")))
    .filter((path) => /^\/.*\/lib[^/]*\.so[^/]*$/.test(path));
  const found = new Set(mapped);
  for (const directory of new Set([...found].map((path) => dirname(path))))
    for (const name of LATE_LIBRARIES) {
      const path = join(directory, name);
      if (existsSync(path)) found.add(path);
    }
  return [...found].filter((path) => !basename(path).startsWith("ld-linux"));
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (Date.now() - lstatSync(path).mtimeMs > UNUSED_LIFETIME_MS)
      rmSync(path, { recursive: true, force: true });
  }
}
