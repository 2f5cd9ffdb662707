// Checks that what a package holds uses nothing but packages: interpreters, libraries, links, scripts. A library that
// is found on this machine and not in the closure would be missing, or another one, on the next.
import { closeSync, lstatSync, openSync, readlinkSync, readSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { isPresent } from "../host/index.ts";
import { type ElfFile, readElf } from "./elf.ts";
import { walk } from "./walk.ts";

/** One thing in a package that reaches outside. */
export interface Leak {
  readonly path: string;
  readonly problem: string;
}

/** Loaders are found by the interpreter entry, whatever search path a file has. */
const LOADER = /^ld-linux.*\.so\.\d+$/;

/**
 * What in `prefix` reaches outside of `prefix` and `closure` (directories of packages). Empty: the package is hermetic.
 */
export function findLeaks(prefix: string, closure: readonly string[]): Leak[] {
  const allowed = [prefix, ...closure];
  const isInside = (path: string) => allowed.some((each) => path === each || path.startsWith(`${each}/`));
  const leaks: Leak[] = [];
  for (const { path, file, entry } of walk(prefix)) {
    const report = (problem: string) => leaks.push({ path, problem });
    if (entry.isSymbolicLink()) {
      const target = resolve(dirname(path), readlinkSync(file));
      if (!isInside(target)) report(`is a link to ${target}, outside of the package and its dependencies`);
      else if (!isPresent(target)) report(`is a link to ${target}, which does not exist`);
    } else if (entry.isFile()) {
      if ((lstatSync(file).mode & 0o6000) !== 0)
        report("runs with the rights of its owner (setuid or setgid)");
      const elf = readElf(file);
      if (elf !== undefined) for (const problem of elfProblems(path, elf, isInside)) report(problem);
      else {
        const interpreter = scriptInterpreter(path, file);
        if (interpreter !== undefined && !isInside(interpreter)) report(`is a script for ${interpreter}`);
      }
    }
  }
  return leaks;
}

function* elfProblems(path: string, elf: ElfFile, isInside: (path: string) => boolean): Generator<string> {
  if (elf.interpreter !== undefined && !isInside(elf.interpreter))
    yield `has the interpreter ${elf.interpreter}`;
  else if (elf.interpreter !== undefined && !isPresent(elf.interpreter))
    yield `has the interpreter ${elf.interpreter}, which does not exist`;
  if (elf.runpath.length > 0) yield "has a RUNPATH, which LD_LIBRARY_PATH comes before; it must be an RPATH";
  const directories = elf.rpath.map((each) => resolve(each.replace(/\$ORIGIN|\$\{ORIGIN\}/g, dirname(path))));
  for (const directory of directories) if (!isInside(directory)) yield `looks for libraries in ${directory}`;
  for (const name of elf.needed) {
    if (LOADER.test(name)) continue;
    const found = directories.map((directory) => join(directory, name)).find((each) => isPresent(each));
    if (found === undefined) yield `needs ${name}, which is in no directory of its search path`;
  }
}

/** What runs an executable script; nothing for other files. Templates of hooks name theirs when they are rendered. */
function scriptInterpreter(path: string, file: string | Buffer): string | undefined {
  if ((statSync(file).mode & 0o111) === 0 || basename(dirname(path)) === "hooks") return undefined;
  const start = Buffer.alloc(256);
  const descriptor = openSync(file, "r");
  try {
    readSync(descriptor, start, 0, start.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return start.toString("latin1").match(/^#![ \t]*([^ \t\n\0]+)/)?.[1];
}
