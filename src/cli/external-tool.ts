// Programs that are not part of hab: found by a variable or among the installed packages, then run in hab's place
// (reference/cli.md §9.1). The original installs a missing one from the depot without asking; here the user does.
import { HabError } from "../error/index.ts";
import { replaceProcess } from "../host/index.ts";
import { execInPackage, findInstalled, findProgram, formatIdent, parseIdent } from "../package/index.ts";
import { cliErrors } from "./errors.ts";
import type { Environment } from "./grammar/parse.ts";
import { type HandedOver, isSet, packageOf, type Replaceable, toolOf } from "./handed-over.ts";

/**
 * Becomes the program behind a command. Comes back only by throwing: HAB-CLI-010 when there is neither variable nor package,
 * HAB-CLI-011 when the program that the variable names does not start, HAB-PKG-052 when it is not found.
 */
export function becomeTool(
  path: HandedOver | Replaceable,
  words: readonly string[],
  env: Environment,
): never {
  const tool = toolOf(path);
  const override = env[tool.binaryVariable];
  if (isSet(override)) return becomeProgram(findProgram(override, env), words, env);
  const ident = parseIdent(packageOf(tool, env));
  const pkg = findInstalled(ident);
  if (pkg !== undefined) return execInPackage(pkg, tool.program, words, env);
  throw new HabError(
    cliErrors.toolMissing,
    `${tool.program} is not part of hab and its package ${formatIdent(ident)} is not installed`,
    {
      next: `Install it (hab pkg install ${formatIdent(ident)}), or set ${tool.binaryVariable} to the program.`,
    },
  );
}

function becomeProgram(program: string, words: readonly string[], env: Environment): never {
  const set = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    replaceProcess(program, words, Object.fromEntries(set));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HabError(cliErrors.toolNotStarted, `${program} cannot be started: ${reason}`, { cause });
  }
}
