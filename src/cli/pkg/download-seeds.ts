// Files that say what to download: plain lists of idents, and TOML files with channels and targets
// (reference/packages.md §18.1).
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { clientErrors, type SeedSet } from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import { isTarget, type PackageIdent, type Target } from "../../package/index.ts";
import { isTable, parseToml, type TomlValue } from "../../toml/index.ts";
import { plainIdentType } from "../ident-types.ts";

/** A seed file as the command line takes it: read and parsed there unless it is TOML, which is read when it runs. */
export type SeedFile =
  | { readonly kind: "list"; readonly idents: readonly PackageIdent[] }
  | { readonly kind: "toml"; readonly path: string };

/** Type of `--file`. */
export function seedFileType(path: string): SeedFile {
  if (extname(path) === ".toml") return { kind: "toml", path };
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(`\`${path}\`: File not found at: Could not open file ${path}`, { cause });
  }
  const lines = text.split("\n").map((line) => line.replace(/#.*/, "").trim());
  try {
    return { kind: "list", idents: lines.filter((line) => line !== "").map(plainIdentType) };
  } catch (cause) {
    throw new Error(`\`${path}\`: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

/** The sets of a TOML seed file. Throws HabError for a file that is not one. */
export function readSeedToml(path: string): SeedSet[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw malformed(path, "it cannot be read", cause);
  }
  const table = new Map(parseToml(text, { source: path }));
  const version = table.get("format_version");
  if (version !== undefined && version !== 1n) throw malformed(path, "format_version must be 1");
  table.delete("format_version");
  table.delete("file_descriptor");
  return [...table].flatMap(([target, sets]) => {
    if (!isTarget(target)) throw malformed(path, `${target} is not a package target`);
    if (!Array.isArray(sets)) throw malformed(path, `${target} is not an array of tables`);
    return sets.map((set) => seedSet(path, target, set));
  });
}

function seedSet(path: string, target: Target, set: TomlValue): SeedSet {
  const channel = isTable(set) ? set.get("channel") : undefined;
  const packages = isTable(set) ? set.get("packages") : undefined;
  if (typeof channel !== "string") throw malformed(path, `a set of ${target} has no channel`);
  if (!Array.isArray(packages) || !packages.every((each) => typeof each === "string"))
    throw malformed(path, `a set of ${target} has no list of packages`);
  try {
    return { target, channel, idents: packages.map(plainIdentType) };
  } catch (cause) {
    throw malformed(path, "an ident is not valid", cause);
  }
}

function malformed(path: string, problem: string, cause?: unknown): HabError {
  return new HabError(clientErrors.seedFileMalformed, `${path}: ${problem}`, { cause });
}
