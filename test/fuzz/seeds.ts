// Inputs that are worth keeping, a file each in seeds/<target>/: what once broke a rule, and what a strange but honest
// program has made. Tried before all others, and changed like the seeds in the code.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemErrorCode } from "../../src/error/index.ts";
import type { FuzzTarget } from "./harness.ts";

const SEEDS = join(import.meta.dir, "seeds");

/** The target with the seeds of its directory besides its own. */
export function withSeedFiles(target: FuzzTarget): FuzzTarget {
  return { ...target, seeds: [...target.seeds, ...seedFiles(target.name)] };
}

function seedFiles(target: string): Uint8Array[] {
  const directory = join(SEEDS, target);
  let names: string[];
  try {
    names = readdirSync(directory).sort();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  }
  return names.map((name) => readFileSync(join(directory, name)));
}
