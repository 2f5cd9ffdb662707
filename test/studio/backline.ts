// A package of tools for studios in tests, made of this machine's own programs: each asks for the dynamic linker that every
// studio has below /hab/.hab, and its libraries are in the package.
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { PROGRAM_DIRECTORY } from "../../src/build/studio/program-copy.ts";

const PROGRAMS = [
  "bash",
  "cat",
  "chmod",
  "chown",
  "env",
  "id",
  "ln",
  "ls",
  "mkdir",
  "mount",
  "ps",
  "rm",
  "sleep",
];
const MORE = ["stty", "tail", "touch", "tty", "unshare", "umount"];

export const BACKLINE = "test/backline/1.0/20260101000000";

/** Makes the package below `root`/hab/pkgs. */
export function makeBackline(root: string, ident = BACKLINE): string {
  const inside = `/hab/pkgs/${ident}`;
  const directory = join(root, inside);
  for (const part of ["bin", "lib"]) mkdirSync(join(directory, part), { recursive: true });
  const libraries = new Set<string>();
  for (const name of [...PROGRAMS, ...MORE]) {
    const found = Bun.which(name, { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" });
    if (found === null) throw new Error(`these tests need ${name}`);
    const copy = join(directory, "bin", name);
    copyFileSync(realpathSync(found), copy);
    chmodSync(copy, 0o755);
    changeLinker(copy);
    for (const line of Bun.spawnSync(["ldd", found]).stdout.toString().split("\n")) {
      const path = /=> (\/\S+)/.exec(line)?.[1];
      if (path !== undefined) libraries.add(path);
    }
  }
  symlinkSync("bash", join(directory, "bin/sh"));
  for (const library of libraries) {
    const copy = join(directory, "lib", basename(library));
    if (!existsSync(copy)) copyFileSync(realpathSync(library), copy);
  }
  const metafiles: Record<string, string> = {
    IDENT: ident,
    TARGET: process.arch === "arm64" ? "aarch64-linux" : "x86_64-linux",
    PATH: `${inside}/bin`,
    RUNTIME_PATH: `${inside}/bin`,
    RUNTIME_ENVIRONMENT: `LD_LIBRARY_PATH=${inside}/lib:${PROGRAM_DIRECTORY}`,
  };
  for (const [name, text] of Object.entries(metafiles)) writeFileSync(join(directory, name), `${text}\n`);
  return ident;
}

const PT_INTERP = 3;

/** Makes a program ask for the dynamic linker of studios, whose name is the shorter one. */
function changeLinker(path: string): void {
  const bytes = readFileSync(path);
  const size = bytes.readUInt16LE(54);
  const start = Number(bytes.readBigUInt64LE(32));
  for (let at = start; at < start + size * bytes.readUInt16LE(56); at += size) {
    if (bytes.readUInt32LE(at) !== PT_INTERP) continue;
    const offset = Number(bytes.readBigUInt64LE(at + 8));
    bytes.fill(0, offset, offset + Number(bytes.readBigUInt64LE(at + 32)));
    bytes.write(`${PROGRAM_DIRECTORY}/ld.so`, offset);
  }
  writeFileSync(path, bytes);
}
