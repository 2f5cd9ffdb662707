// First lines of scripts: they name programs of Debian.
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { HabError } from "../../error/index.ts";
import { buildErrors } from "../errors.ts";
import { walk } from "../walk.ts";
import type { Place } from "./place.ts";
import { canonicalPath } from "./unpack.ts";

/** The kernel takes no more of the first line. */
const LONGEST_LINE_BYTES = 255;

export interface MissingInterpreter {
  readonly file: string;
  /** Path of Debian without `usr`. */
  readonly wanted: string;
}

/** Points scripts at interpreters in the package or its dependencies; says which executable ones have none. Throws HAB-BLD-100. */
export function rewriteScripts(place: Place): MissingInterpreter[] {
  const missing: MissingInterpreter[] = [];
  for (const { path, entry } of walk(place.prefix)) {
    if (!entry.isFile()) continue;
    const line = firstLine(path);
    if (line === undefined) continue;
    const [program = "", ...words] = line
      .slice(2)
      .trim()
      .split(/[ \t]+/);
    if (!program.startsWith("/") || place.isInPackage(program)) continue;
    const file = relative(place.prefix, path);
    const isExecutable = (statSync(path).mode & 0o111) !== 0;
    const outcome = interpreterLine(program, words, place);
    if (typeof outcome !== "string") {
      if (isExecutable) missing.push({ file, wanted: outcome.wanted });
      continue;
    }
    if (Buffer.byteLength(outcome) > LONGEST_LINE_BYTES)
      throw new HabError(buildErrors.elfNotEditable, `${file}: its first line would be too long: ${outcome}`);
    replaceFirstLine(path, outcome);
  }
  return missing;
}

function interpreterLine(
  program: string,
  words: readonly string[],
  place: Place,
): string | { wanted: string } {
  const canonical = canonicalPath(program);
  const isEnv = basename(canonical) === "env";
  const rest = isEnv && words[0] === "-S" ? words.slice(1) : words;
  const [named = ""] = rest;
  if (!isEnv || named === "" || named.startsWith("-") || named.includes("=")) {
    const found = place.find(canonical) ?? place.findProgram(basename(canonical));
    return found === undefined ? { wanted: canonical } : `#!${[found, ...words].join(" ")}`;
  }
  const found = place.findProgram(named);
  if (found === undefined) return { wanted: `bin/${named}` };
  // The kernel hands on all that follows as one argument; env -S splits it.
  if (rest.length <= 2) return `#!${[found, ...rest.slice(1)].join(" ")}`;
  const env = place.findProgram("env");
  return env === undefined ? { wanted: "bin/env" } : `#!${[env, "-S", found, ...rest.slice(1)].join(" ")}`;
}

function firstLine(path: string): string | undefined {
  const start = Buffer.alloc(512);
  const file = openSync(path, "r");
  try {
    const length = readSync(file, start, 0, start.length, 0);
    const text = start.toString("latin1", 0, length);
    return text.startsWith("#!") ? text.split(/\r?\n/, 1)[0] : undefined;
  } finally {
    closeSync(file);
  }
}

function replaceFirstLine(path: string, line: string): void {
  const bytes = readFileSync(path);
  const end = bytes.indexOf(0x0a);
  const rest = end < 0 ? Buffer.alloc(0) : bytes.subarray(end);
  writeFileSync(path, Buffer.concat([Buffer.from(line), rest]));
}
