// Programs that are not part of hab: found by a variable or among the installed packages, then run in hab's place
// (reference/cli.md §9.1). The original installs a missing one from the depot without asking; here the user does.
import { HabError } from "../error/index.ts";
import { replaceProcess } from "../host/index.ts";
import { execInPackage, findInstalled, findProgram, formatIdent, parseIdent } from "../package/index.ts";
import { cliErrors } from "./errors.ts";
import type { Environment } from "./grammar/parse.ts";
import { COMPATIBLE_VERSION } from "./version.ts";

export interface ExternalTool {
  /** The program, looked up in the PATH of its package. */
  readonly program: string;
  /** Variable that names the program itself: a path, or a name to be found in PATH. */
  readonly binaryVariable: string;
  /** Variable that names another package. */
  readonly identVariable?: string;
  /** Origin and name of its package; the version is that of Habitat. */
  readonly packageName: string;
}

export const STUDIO: ExternalTool = {
  program: "hab-studio",
  binaryVariable: "HAB_STUDIO_BINARY",
  packageName: "chef/hab-studio",
};

export const SUPERVISOR_SHELLS: ExternalTool = {
  program: "hab-sup",
  binaryVariable: "HAB_SUP_BINARY",
  packageName: "chef/hab-sup",
};

/** The exporter of one format: `container` or `tar`. */
export function exporter(format: "container" | "tar"): ExternalTool {
  const variable = `HAB_PKG_EXPORT_${format.toUpperCase()}`;
  return {
    program: `hab-pkg-export-${format}`,
    binaryVariable: `${variable}_BINARY`,
    identVariable: `${variable}_PKG_IDENT`,
    packageName: `chef/hab-pkg-export-${format}`,
  };
}

/**
 * Becomes the tool. Comes back only by throwing: HAB-CLI-010 when there is neither variable nor package, HAB-CLI-011 when
 * the program that the variable names does not start, HAB-PKG-052 when it is not found.
 */
export function becomeTool(tool: ExternalTool, words: readonly string[], env: Environment): never {
  const override = nonEmpty(env[tool.binaryVariable]);
  if (override !== undefined) return becomeProgram(findProgram(override, env), words, env);
  const named = tool.identVariable === undefined ? undefined : nonEmpty(env[tool.identVariable]);
  const ident = parseIdent(named ?? `${tool.packageName}/${COMPATIBLE_VERSION}`);
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

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
