// The words after `hab studio`: options, then a command of which a beginning is enough, then the command's own words
// (reference/plan-build.md §14.2).
import { buildErrors } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import type { Environment } from "../grammar/parse.ts";
import {
  CONTAINER_FLAG,
  STUDIO_OPTIONS,
  type StudioCommand,
  type StudioOption,
  studioCommand,
} from "./options.ts";

export interface StudioWords {
  readonly command: StudioCommand | "none";
  readonly rest: readonly string[];
  /** The caller's environment with what options say in the variables that mean the same. */
  readonly env: Environment;
  /** -D: in a container. */
  readonly container: boolean;
}

const WITH_VALUE = variablesOf(({ value }) => value !== undefined);
const SWITCHES = variablesOf(({ value }) => value === undefined);

function variablesOf(has: (option: StudioOption) => boolean): ReadonlyMap<string, string> {
  return new Map(STUDIO_OPTIONS.filter(has).map(({ flag, variable }) => [flag, variable]));
}

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
    const meant = SWITCHES.get(word);
    if (word === CONTAINER_FLAG.flag) container = true;
    else if (meant !== undefined) env[meant] = "true";
    else {
      const flag = word.slice(0, 2);
      const variable = WITH_VALUE.get(flag);
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
  const own =
    command === "run" || command === "record" ? rest : rest.filter((word) => word !== CONTAINER_FLAG.flag);
  return { command, rest: own, env, container: container || own.length < rest.length };
}

function commandOf(name: string): StudioCommand {
  const command = studioCommand(name);
  if (command === undefined) throw usage(`Unknown command: ${name}`);
  return command;
}

function usage(message: string): HabError {
  return new HabError(buildErrors.studioUsage, message);
}
