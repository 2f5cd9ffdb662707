// The caller's home directory, where there is one. A container may run as a number that nobody has named: no HOME, no entry in
// the list of users, and asking the runtime for the home then throws.
import { environmentValue } from "./environment.ts";

/**
 * `HOME`, or what the list of users says, or undefined where neither does. Nothing may end for want of a home except what
 * cannot be done without one.
 */
export function homeDirectory(env?: Readonly<Record<string, string | undefined>>): string | undefined {
  const set = env === undefined ? environmentValue("HOME") : env["HOME"];
  if (set !== undefined && set !== "") return set;
  let listed: string;
  try {
    listed = process.getBuiltinModule("node:os").homedir();
  } catch {
    // ENOENT of uv_os_homedir: the user has no entry.
    return undefined;
  }
  return listed === "" ? undefined : listed;
}
