// The one program inside a studio. It needs a C library, which a studio does not have and must not show to plans: a copy of
// the program names a dynamic linker of its own below /hab/.hab, and a copy of that linker looks for libraries there and
// nowhere else. Both are made once for each build of hab.
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { HabError } from "../../error/index.ts";
import { readElf } from "../elf.ts";
import { buildErrors } from "../errors.ts";

/** Where the copy is in a studio. */
export const PROGRAM_DIRECTORY = "/hab/.hab";
const LINKER = "ld.so";

/** Directories that linkers of the distributions look into by themselves, each with its closing slash. */
const BUILT_IN_DIRECTORIES = [
  "/lib/x86_64-linux-gnu/",
  "/usr/lib/x86_64-linux-gnu/",
  "/lib/aarch64-linux-gnu/",
  "/usr/lib/aarch64-linux-gnu/",
  "/usr/lib64/",
  "/usr/lib/",
  "/lib64/",
  "/lib/",
];
/** What else a linker or a C library looks for on the machine. */
const BUILT_IN_FILES = ["/etc/ld.so.cache", "/etc/ld.so.preload"];
/** Loaded late, when a name is looked up or a thread ends. */
const LATE_LIBRARIES = ["libresolv.so.2", "libnss_files.so.2", "libnss_dns.so.2", "libgcc_s.so.1"];
/** Copies for programs that are gone are kept this long. */
const UNUSED_LIFETIME_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * The directory with our program as studios have it; made below `cache` when there is none for the program at `hab`.
 * Throws HAB-BLD-048.
 */
export function programCopy(hab: string, cache: string): string {
  const program = realpathSync(hab);
  const { size, mtimeMs, ino } = statSync(program);
  const name = new Bun.CryptoHasher("sha256").update(`${program} ${size} ${mtimeMs} ${ino} 1`).digest("hex");
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
  const copy = join(directory, "hab");
  copyFileSync(program, copy, constants.COPYFILE_FICLONE);
  const linker = renameInterpreter(copy);
  writeFileSync(join(directory, LINKER), privateLinker(readFileSync(linker)), { mode: 0o755 });
  for (const library of libraries(linker)) {
    // The name it is asked for by; older C libraries have another one on disk.
    const name = readElf(library)?.soname ?? basename(library);
    copyFileSync(library, join(directory, name));
  }
  // What mkdtemp makes is for the owner only; services in a studio may run as others.
  for (const name of [".", "hab"]) chmodSync(join(directory, name), 0o755);
}

const PT_INTERP = 3;
const HEADER_BYTES = 0x40;

/** Makes a program ask for the linker of PROGRAM_DIRECTORY; gives the one it asked for. Throws HAB-BLD-048. */
export function renameInterpreter(path: string): string {
  const file = openSync(path, "r+");
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    readSync(file, header, 0, header.length, 0);
    const [at, size, count] = [
      Number(header.readBigUInt64LE(32)),
      header.readUInt16LE(54),
      header.readUInt16LE(56),
    ];
    const table = Buffer.alloc(size * count);
    readSync(file, table, 0, table.length, at);
    for (let entry = 0; entry < table.length; entry += size) {
      if (table.readUInt32LE(entry) !== PT_INTERP) continue;
      const offset = Number(table.readBigUInt64LE(entry + 8));
      const length = Number(table.readBigUInt64LE(entry + 32));
      const text = Buffer.alloc(length);
      readSync(file, text, 0, length, offset);
      const replacement = Buffer.alloc(length);
      if (replacement.write(`${PROGRAM_DIRECTORY}/${LINKER}`) >= length) break;
      writeSync(file, replacement, 0, length, offset);
      return realpathSync(text.toString("latin1").replace(/\0.*$/s, ""));
    }
  } finally {
    closeSync(file);
  }
  throw new HabError(buildErrors.noStudioProgram, `${path} has no dynamic linker that could be replaced`);
}

/** The linker with its built-in directories replaced by ours, text for text of the same length. Exported for tests. */
export function privateLinker(original: Buffer): Buffer {
  const bytes = Buffer.from(original);
  for (const directory of BUILT_IN_DIRECTORIES) {
    // One that is too short for ours is led where there is nothing.
    const ours = `${PROGRAM_DIRECTORY}/`.length <= directory.length ? `${PROGRAM_DIRECTORY}/` : "/hab/";
    replaceText(bytes, directory, ours.padEnd(directory.length, "/").slice(0, directory.length));
  }
  for (const file of BUILT_IN_FILES) replaceText(bytes, file, file.replace("/etc/", "/hab/"));
  return bytes;
}

/** Whole strings only: between two NULs. */
function replaceText(bytes: Buffer, text: string, replacement: string): void {
  const wanted = Buffer.from(`\0${text}\0`, "latin1");
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1))
    bytes.write(replacement, at + 1, "latin1");
}

/** The C library's files that this very process has loaded, and what it would load later. */
function libraries(linker: string): string[] {
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
  found.delete(linker);
  return [...found].filter((path) => !basename(path).startsWith("ld-linux"));
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (Date.now() - lstatSync(path).mtimeMs > UNUSED_LIFETIME_MS)
      rmSync(path, { recursive: true, force: true });
  }
}
