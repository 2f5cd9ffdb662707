// The words after `hab studio`: options, then a command of which a beginning is enough, then the command's own words
// (reference/plan-build.md §14.2).
import { buildErrors } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import type { Environment } from "../grammar/parse.ts";

export const STUDIO_COMMANDS = ["new", "enter", "build", "run", "rm", "version", "help", "record"] as const;
export type StudioCommand = (typeof STUDIO_COMMANDS)[number];

export interface StudioWords {
  readonly command: StudioCommand | "none";
  readonly rest: readonly string[];
  /** The caller's environment with what options say in the variables that mean the same. */
  readonly env: Environment;
  /** -D: in a container. */
  readonly container: boolean;
}

const WITH_VALUE: Readonly<Record<string, string>> = {
  "-a": "ARTIFACT_PATH",
  "-c": "CERT_PATH",
  "-f": "HAB_REFRESH_CHANNEL",
  "-k": "HAB_ORIGIN_KEYS",
  "-r": "HAB_STUDIO_ROOT",
  "-s": "SRC_PATH",
  "-t": "STUDIO_TYPE",
};

const SWITCHES: Readonly<Record<string, string>> = {
  "-n": "NO_SRC_PATH",
  "-N": "NO_ARTIFACT_PATH",
  "-M": "NO_CERT_PATH",
  "-q": "QUIET",
  "-v": "VERBOSE",
  "--chroot": "HAB_STUDIO_CHROOT",
  "--no-network": "HAB_STUDIO_NO_NETWORK",
};

/** Throws HAB-BLD-070. */
export function parseStudioWords(words: readonly string[], caller: Environment): StudioWords {
  const env: Record<string, string | undefined> = { ...caller };
  let container = false;
  let index = 0;
  for (; index < words.length; index++) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") break;
    if (word === "--") {
      index++;
      break;
    }
    if (word === "-h" || word === "--help") return { command: "help", rest: [], env, container };
    if (word === "-V" || word === "--version") return { command: "version", rest: [], env, container };
    if (word === "-D") container = true;
    else if (SWITCHES[word] !== undefined) env[SWITCHES[word]] = "true";
    else {
      const flag = word.slice(0, 2);
      const variable = WITH_VALUE[flag];
      if (variable === undefined) throw usage(`Invalid option: ${word}`);
      const value = word.length > 2 ? word.slice(2) : words[++index];
      if (value === undefined) throw usage(`The option ${flag} needs a value`);
      env[variable] = value;
    }
  }
  const [name, ...rest] = words.slice(index);
  if (name === undefined) return { command: "none", rest: [], env, container };
  // After the command it is the container's, too, except among the words of `run`.
  const command = commandOf(name);
  const own = command === "run" || command === "record" ? rest : rest.filter((word) => word !== "-D");
  return { command, rest: own, env, container: container || own.length < rest.length };
}

function commandOf(name: string): StudioCommand {
  const found = STUDIO_COMMANDS.filter((command) =>
    command === "rm" || command === "record" ? command === name : command.startsWith(name),
  );
  const [command] = found;
  if (command === undefined || name === "") throw usage(`Unknown command: ${name}`);
  return command;
}

function usage(message: string): HabError {
  return new HabError(buildErrors.studioUsage, message);
}
