// What one build did, in the terms of expect.json: tokens instead of paths and times of this run.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join, relative } from "node:path";

/** Pairs of text and token; longer texts first. */
export type Tokens = readonly (readonly [string, string])[];

export interface Observation {
  case: string;
  name: string;
  exit: number;
  messages: string[];
  warnings: string[];
  stderr: string;
  trace: string[];
  requests: string[];
  prefix: string[];
  tree: { line: string; digest?: string; normalized?: string }[];
  metadata: Record<string, string>;
  filesBody?: string[];
  filesHeader?: string[];
  filesRaw?: string;
  hart?: Record<string, unknown>;
  results: string[];
  "last_build.env"?: string;
  "pre_build.env"?: string;
  cache_src: string[];
  cache_artifacts: string[];
}

export function normalize(text: string, tokens: Tokens): string {
  let result = text;
  for (const [from, to] of tokens) if (from !== "") result = result.replaceAll(from, to);
  return result
    .replace(/((?:Checksum: |sum=))[0-9a-f]{64}\b/g, "$1$$HEX64")
    .replace(/(Build time: )\d+m\d+s.*/g, "$1$$TIME")
    .replace(/\bvec-20261123072956\b/g, "vec-$KEY_REVISION");
}

/** Lines that the program prints as `   name: text`, without those a run of the original from source adds. */
export function messageLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^ {3}(?:\x1b\[1;36m)?[^ \x1b]*: ?/.test(line) && !line.startsWith("    "))
    .map((line) => line.slice(3).trimEnd());
}

/** Everything below a directory, in byte order. */
export function listTree(directory: string, tokens: Tokens): Observation["tree"] {
  const found: Observation["tree"] = [];
  const visit = (place: string) => {
    for (const name of readdirSync(place)) {
      const path = join(place, name);
      const shown = relative(directory, path);
      const status = lstatSync(path);
      const mode = (status.mode & 0o7777).toString(8).padStart(4, "0");
      if (status.isSymbolicLink())
        found.push({ line: `l ${shown} -> ${normalize(readlinkSync(path), tokens)}` });
      else if (status.isDirectory()) {
        found.push({ line: `d ${mode} ${shown}` });
        visit(path);
      } else {
        const bytes = readFileSync(path);
        found.push({
          line: `f ${mode} ${shown}`,
          digest: sha256(bytes),
          normalized: sha256(Buffer.from(normalize(bytes.toString("latin1"), tokens), "latin1")),
        });
      }
    }
  };
  if (existsSync(directory)) visit(directory);
  return found;
}

/** Names in a directory, two levels deep, directories with a slash. */
export function listTwoLevels(directory: string, tokens: Tokens): string[] {
  if (!existsSync(directory)) return [];
  const found: string[] = [];
  for (const name of readdirSync(directory)) {
    if (statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory()) {
      found.push(`${name}/`);
      for (const inner of readdirSync(join(directory, name))) {
        const isDirectory = statSync(join(directory, name, inner), { throwIfNoEntry: false })?.isDirectory();
        found.push(`${name}/${inner}${isDirectory ? "/" : ""}`);
      }
    } else found.push(name);
  }
  return found.map((each) => normalize(each, tokens)).sort();
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
