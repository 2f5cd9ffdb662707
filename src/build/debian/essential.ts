// Scripts in Debian packages need no dependency on what every Debian system has: shell, env, perl. Which of that they use is
// seen only in the files.
import type { TarEntry } from "../../package/index.ts";
import { visitFiles } from "./deb.ts";
import { canonicalPath, isDocumentation } from "./unpack.ts";

/** Interpreter → the essential package that has it (Debian Policy §3.8). */
const ESSENTIAL: ReadonlyMap<string, string> = new Map([
  ["bin/sh", "dash"],
  ["bin/dash", "dash"],
  ["bin/bash", "bash"],
  ["bin/env", "coreutils"],
  ["bin/perl", "perl-base"],
]);

const FIRST_LINE_BYTES = 256;

/** Essential packages that executable scripts in these .deb files are for, as far as `isWanted` says that a file is used. */
export async function essentialsOf(
  paths: readonly string[],
  isWanted: (path: string) => boolean,
): Promise<string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    let start = "";
    let isScript = false;
    await visitFiles(path, {
      begin: (entry) => {
        start = "";
        isScript = mayBeScript(entry, isWanted);
      },
      data: (piece) => {
        if (isScript && start.length < FIRST_LINE_BYTES)
          start += Buffer.from(piece.subarray(0, FIRST_LINE_BYTES)).toString("latin1");
      },
      end: () => {
        if (!isScript) return;
        for (const interpreter of interpretersOf(start)) {
          const owner = ESSENTIAL.get(interpreter);
          if (owner !== undefined) found.add(owner);
        }
      },
    });
  }
  return [...found].sort();
}

function mayBeScript(entry: TarEntry, isWanted: (path: string) => boolean): boolean {
  if (entry.kind !== "file" || (entry.mode & 0o111) === 0) return false;
  const path = canonicalPath(entry.path);
  return !isDocumentation(path) && isWanted(path);
}

/** What a first line needs: `#!/usr/bin/env bash` is for bash, and needs env only with several words behind it. */
function interpretersOf(start: string): string[] {
  const words = /^#!([^\n]*)/
    .exec(start)?.[1]
    ?.trim()
    .split(/[ \t]+/);
  const [program, ...rest] = words ?? [];
  if (program === undefined || !program.startsWith("/")) return [];
  const canonical = canonicalPath(program);
  if (canonical !== "bin/env") return [canonical];
  const named = rest.find((word) => !word.startsWith("-"));
  return named === undefined ? [canonical] : [`bin/${named}`, ...(rest.length > 1 ? [canonical] : [])];
}
