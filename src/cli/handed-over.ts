// The commands whose work a program that is not part of hab does (reference/cli.md §9.1), and the programs. Help leaves out
// those whose program this machine does not have; called, they say how to get it. Others hab does itself, unless a variable
// names a program to do them instead.
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

const STUDIO: ExternalTool = {
  program: "hab-studio",
  binaryVariable: "HAB_STUDIO_BINARY",
  packageName: "chef/hab-studio",
};

const SUPERVISOR_SHELLS: ExternalTool = {
  program: "hab-sup",
  binaryVariable: "HAB_SUP_BINARY",
  packageName: "chef/hab-sup",
};

/** The exporter of one format. */
function exporter(format: "container" | "tar"): ExternalTool {
  const variable = `HAB_PKG_EXPORT_${format.toUpperCase()}`;
  return {
    program: `hab-pkg-export-${format}`,
    binaryVariable: `${variable}_BINARY`,
    identVariable: `${variable}_PKG_IDENT`,
    packageName: `chef/hab-pkg-export-${format}`,
  };
}

/** Done by hab, unless a variable names the program or its package. */
const REPLACEABLE = {
  "pkg export container": exporter("container"),
  "pkg export tar": exporter("tar"),
} as const satisfies Readonly<Record<string, ExternalTool>>;

export type Replaceable = keyof typeof REPLACEABLE;

/** Whether a variable names another program for this command. */
export function isReplaced(path: string, env: Environment): path is Replaceable {
  if (!(path in REPLACEABLE)) return false;
  const tool: ExternalTool = REPLACEABLE[path as Replaceable];
  return (
    isSet(env[tool.binaryVariable]) || (tool.identVariable !== undefined && isSet(env[tool.identVariable]))
  );
}

const HANDED_OVER = {
  studio: STUDIO,
  "sup bash": SUPERVISOR_SHELLS,
  "sup sh": SUPERVISOR_SHELLS,
} as const satisfies Readonly<Record<string, ExternalTool>>;

export type HandedOver = keyof typeof HANDED_OVER;

export function isHandedOver(path: string): path is HandedOver {
  return path in HANDED_OVER;
}

/** The program behind a command. */
export function toolOf(path: HandedOver | Replaceable): ExternalTool {
  return { ...HANDED_OVER, ...REPLACEABLE }[path];
}

/** Whether a variable names the program or its package is installed. */
export async function hasTool(path: HandedOver, env: Environment): Promise<boolean> {
  const tool = toolOf(path);
  if (isSet(env[tool.binaryVariable])) return true;
  const { findInstalled, parseIdent } = await import("../package/index.ts");
  try {
    return findInstalled(parseIdent(packageOf(tool, env))) !== undefined;
  } catch {
    // A variable that names no package: the command itself says so.
    return false;
  }
}

/** Ident of the package that brings the tool. */
export function packageOf(tool: ExternalTool, env: Environment): string {
  const named = tool.identVariable === undefined ? undefined : env[tool.identVariable];
  return isSet(named) ? named : `${tool.packageName}/${COMPATIBLE_VERSION}`;
}

export function isSet(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}
