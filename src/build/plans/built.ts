// What was built from which plans: kept beside the results, in `rebuild/built.json` of the output directory. Written whole
// after each build, so that a run that was ended goes on where it was.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../error/index.ts";
import { writeFileWhole } from "../../host/index.ts";
import type { Inputs } from "./inputs.ts";

export interface Built {
  /** Full ident. */
  readonly ident: string;
  /** File name of the hart, in the output directory. */
  readonly hart: string;
  readonly inputs: Inputs;
  /** `origin/name` → full ident of each direct dependency, to run and to build. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** `origin/name` → its last build. */
export type BuiltPackages = Map<string, Built>;

const VERSION = 1;

/** Where logs and records of rebuilding are. */
export function rebuildDirectory(output: string): string {
  return join(output, "rebuild");
}

/** What was noted; nothing when there is no file, or one that is not ours to understand: then more is built. */
export function readBuilt(output: string): BuiltPackages {
  let text: string;
  try {
    text = readFileSync(join(rebuildDirectory(output), "built.json"), "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT" || systemErrorCode(error) === "ENOTDIR") return new Map();
    throw error;
  }
  const built: BuiltPackages = new Map();
  const document = parse(text);
  if (!isRecord(document) || document["version"] !== VERSION || !isRecord(document["packages"])) return built;
  for (const [key, value] of Object.entries(document["packages"])) {
    if (!isRecord(value)) continue;
    const { ident, hart, inputs, dependencies } = value;
    if (typeof ident !== "string" || typeof hart !== "string" || hart.includes("/")) continue;
    if (isTexts(inputs) && isTexts(dependencies)) built.set(key, { ident, hart, inputs, dependencies });
  }
  return built;
}

/** Writes the file. */
export function writeBuilt(output: string, built: BuiltPackages): void {
  const packages = Object.fromEntries([...built].sort(([left], [right]) => (left < right ? -1 : 1)));
  writeFileWhole(
    join(rebuildDirectory(output), "built.json"),
    `${JSON.stringify({ version: VERSION, packages }, undefined, 1)}\n`,
    { mode: 0o644 },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((each) => typeof each === "string");
}
