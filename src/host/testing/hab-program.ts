// What tests start as `hab`: the program that script/build made, as long as it is of the sources that are there. From the
// sources each start costs five to eight times the processor time, which a suite of thousands of starts cannot afford.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";

const PROJECT = resolve(import.meta.dir, "../../..");
const BUILT = join(PROJECT, "dist/hab");

/** Words that start `hab`, to be followed by its arguments: of the built program, or of the sources where that is older. */
export const HAB_WORDS: readonly string[] = isBuilt()
  ? [BUILT]
  : [process.execPath, join(PROJECT, "src/main.ts")];

function isBuilt(): boolean {
  if (!existsSync(BUILT)) return false;
  const built = statSync(BUILT).mtimeMs;
  return readdirSync(join(PROJECT, "src"), { recursive: true, encoding: "utf8" }).every(
    (path) => statSync(join(PROJECT, "src", path)).mtimeMs <= built,
  );
}
