// Running a command in a package's environment (reference/packages.md §12.2).
import { isAbsolute, join } from "node:path";
import { HabError } from "../error/index.ts";
import { inheritedEnvironment, isRegularFile, replaceProcess } from "../host/index.ts";
import { commandEnvironment } from "./environment.ts";
import { packageErrors } from "./errors.ts";
import { type InstalledPackage, splitPath } from "./installed.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The caller's environment with the package's over it; the package's PATH goes before the caller's. Throws HAB-PKG-010 to -012. */
export function executionEnvironment(pkg: InstalledPackage, caller: Environment): Record<string, string> {
  const variables = commandEnvironment(pkg, caller);
  const path = variables.get("PATH");
  if (path !== undefined && caller["PATH"] !== undefined) variables.set("PATH", `${path}:${caller["PATH"]}`);
  return { ...inheritedEnvironment({ ...caller }), ...Object.fromEntries(variables) };
}

/**
 * Path of the program. Compat: a command with a slash is looked up below the directories of PATH too, never from the
 * working directory, and it need not be executable. Throws HAB-PKG-052.
 */
export function findProgram(command: string, env: Environment): string {
  if (isAbsolute(command)) {
    if (isRegularFile(command)) return command;
  } else {
    const endings = [...(env["PATHEXT"] ?? "").split(";").filter((ending) => ending !== ""), ""];
    for (const directory of splitPath(env["PATH"] ?? ""))
      for (const ending of command.includes(".") ? [""] : endings) {
        const candidate = join(directory === "" ? "." : directory, `${command}${ending}`);
        if (command !== "" && isRegularFile(candidate)) return candidate;
      }
  }
  throw new HabError(
    packageErrors.commandNotFound,
    `"${command}" was not found on the filesystem or in PATH`,
  );
}

/** Becomes the command: comes back only by throwing HAB-PKG-010 to -012, HAB-PKG-052 or HAB-PKG-053. */
export function execInPackage(
  pkg: InstalledPackage,
  command: string,
  args: readonly string[],
  caller: Environment,
): never {
  const env = executionEnvironment(pkg, caller);
  const program = findProgram(command, env);
  try {
    replaceProcess(program, args, env);
  } catch (error) {
    throw new HabError(
      packageErrors.commandNotStarted,
      `${program} cannot be started: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
}
