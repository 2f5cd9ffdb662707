// Which install hooks have yet to run (reference/packages.md §14). Mostly none: what renders and starts them is loaded when
// one is found.
import { join } from "node:path";
import { HabError } from "../error/index.ts";
import { fsRoot, isPresent, isRegularFile, readTextIfPresent } from "../host/index.ts";
import { packageErrors } from "./errors.ts";
import type { HookOptions } from "./hooks.ts";
import type { FullIdent } from "./ident.ts";
import { installPath } from "./installed.ts";
import { loadInstalled } from "./store.ts";
import { splitLines } from "./text.ts";

/** In the package: exit code of its install hook. */
export const INSTALL_HOOK_STATUS = "INSTALL_HOOK_STATUS";

/**
 * Runs the install hooks of a package and its dependencies that have not succeeded yet, dependencies first. Throws
 * HAB-PKG-040, HAB-PKG-041 (its exit code is the hook's), HAB-PKG-042, HAB-TPL and HAB-TOML errors.
 */
export async function runPendingInstallHooks(ident: FullIdent, options: HookOptions = {}): Promise<void> {
  const { root = fsRoot() } = options;
  const pkg = loadInstalled(ident, { root });
  for (const dependency of [...pkg.tdeps.reverse(), pkg.ident]) {
    if (!isPending(installPath(dependency, root))) continue;
    const { runInstallHook } = await import("./hooks.ts");
    await runInstallHook(loadInstalled(dependency, { root }), options);
  }
}

/** Whether there is an install hook in the package's directory that has yet to succeed. Throws HAB-PKG-040. */
function isPending(directory: string): boolean {
  const path = join(directory, INSTALL_HOOK_STATUS);
  const text = isPresent(path) ? readTextIfPresent(path) : undefined;
  if (text === undefined) return isRegularFile(join(directory, "hooks", "install"));
  const [first = ""] = splitLines(text);
  if (!/^[+-]?[0-9]{1,10}$/.test(first))
    throw new HabError(packageErrors.corruptHookStatus, `${path} does not begin with a number`);
  return Number(first) !== 0;
}
