// How this program starts itself again under another role (`hab-sup`, `hab-launch`, the identity helper).
import { resolve } from "node:path";

/** The modules of a compiled binary live under this path. */
const COMPILED_ROOT = "/$bunfs/";

/** Whether this is the compiled `hab` and not its source under Bun. */
export function isCompiled(): boolean {
  return import.meta.path.startsWith(COMPILED_ROOT);
}

/** The command that runs this same program with `args`, the first of which names the role. */
export function ownCommand(args: readonly string[]): string[] {
  if (isCompiled()) return [process.execPath, ...args];
  return [process.execPath, resolve(import.meta.dir, "../main.ts"), ...args];
}

/**
 * What `new Worker(…)` takes for the module at `path` below src/. script/build bundles every file named `worker.ts`; in the
 * program they lie as they do below the project's directory, which is the one that all it bundles have in common.
 */
export function workerModule(path: string): string {
  if (isCompiled()) return `${COMPILED_ROOT}root/src/${path.replace(/\.ts$/, ".js")}`;
  return resolve(import.meta.dir, "..", path);
}
