// From `hab sup run` to the launcher, keeping the pid (reference/supervisor.md §1).
import { inheritedEnvironment, ownCommand } from "../host/index.ts";

/**
 * Replaces this process by the launcher: the same pid, a fresh small process. `args` are the arguments of `sup run`;
 * `variables` go into its environment, and so to the Supervisor. HAB_LAUNCH_BINARY names another launcher program.
 */
export function becomeLauncher(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): never {
  const environment = { ...inheritedEnvironment(), ...variables };
  const other = environment["HAB_LAUNCH_BINARY"];
  const command = other ? [other, "run", ...args] : ownCommand(["hab-launch", "run", ...args]);
  const [program = ""] = command;
  // Every runtime we run on has it; the type is newer than some.
  process.execve?.(program, command, environment);
  throw new Error(`cannot become ${program}`);
}
