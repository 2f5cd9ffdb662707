// Completions after `hab studio`, whose words are no options and arguments of the usual kind: options, a command of which a
// beginning is enough, and the command's own words.
import {
  type ArgumentPart,
  argument,
  argumentList,
  defineCommand,
  flag,
  option,
  optionalArgument,
} from "../command.ts";
import { type Completion, completeAtCursor } from "../complete/position.ts";
import type { CommandGrammar } from "../grammar/spec.ts";
import { choice } from "../values.ts";
import {
  COMMAND_HELP,
  CONTAINER_FLAG,
  REUSE_FLAG,
  STUDIO_OPTIONS,
  type StudioCommand,
  type StudioOption,
  studioCommand,
} from "./options.ts";

/** Completes the word `current` that follows `words`; both without `studio` itself. */
export function completeStudio(words: readonly string[], current: string): Completion {
  const at = commandAt(words);
  const word = at === undefined ? undefined : words[at];
  if (at === undefined || word === undefined) {
    const { candidates, wanted } = completeAtCursor(beforeCommand(), words, current);
    const help: Readonly<Record<string, string | undefined>> = COMMAND_HELP;
    return {
      candidates: candidates.map((each) => ({ ...each, description: help[each.word] ?? each.description })),
      ...(wanted !== undefined && { wanted }),
    };
  }
  const command = studioCommand(word);
  if (command === undefined) return { candidates: [] };
  return completeAtCursor(afterCommand(command), words.slice(at + 1), current);
}

/** Index of the command; undefined when it is yet to come. */
function commandAt(words: readonly string[]): number | undefined {
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    if (word === "--") return index + 1;
    if (!word.startsWith("-") || word === "-") return index;
    const takesNext = STUDIO_OPTIONS.some(({ flag, value }) => value !== undefined && flag === word);
    if (takesNext) index++;
  }
  return undefined;
}

function beforeCommand(): CommandGrammar {
  const command = argument({
    value: "COMMAND",
    help: "Command",
    type: choice(...(Object.keys(COMMAND_HELP) as [string, ...string[]])),
  });
  const options = STUDIO_OPTIONS.map((each) => [each.flag, optionOf(each)] as const);
  return grammarOf({ ...Object.fromEntries(options), container: switchOf(CONTAINER_FLAG) }, { command });
}

function optionOf({ flag: name, value, help, choices, completes, list }: StudioOption) {
  if (value === undefined) return switchOf({ flag: name, help });
  return option({
    short: name.slice(1),
    value,
    help,
    type: choices === undefined ? asText : { parse: asText, choices },
    ...(completes !== undefined && { completes }),
    ...(list && { delimiter: "," }),
  });
}

const asText = (text: string) => text;

function switchOf({ flag: name, help }: { readonly flag: string; readonly help: string }) {
  return flag(name.startsWith("--") ? { long: name.slice(2), help } : { short: name.slice(1), help });
}

function afterCommand(command: StudioCommand): CommandGrammar {
  const container = switchOf(CONTAINER_FLAG);
  switch (command) {
    case "build":
      return grammarOf(
        { reuse: switchOf(REUSE_FLAG), container },
        { plan: optionalArgument({ value: "PLAN", help: "Plan", completes: "directory" }) },
      );
    case "run":
    case "record":
      return grammarOf(
        {},
        {
          line: argumentList({
            value: "COMMAND",
            help: "Command line",
            completes: "file",
            allowHyphenValues: true,
          }),
        },
      );
    case "new":
    case "enter":
    case "rm":
      return grammarOf({ container }, {});
    case "version":
    case "help":
      return grammarOf({}, {});
  }
}

function grammarOf(
  options: Readonly<Record<string, ReturnType<typeof flag> | ReturnType<typeof optionOf>>>,
  args: Readonly<Record<string, ArgumentPart<unknown>>>,
): CommandGrammar {
  const isBefore = "command" in args;
  return defineCommand({
    summary: "",
    examples: [],
    options,
    args,
    hasHelp: isBefore,
    hasVersion: isBefore,
    async run() {},
  }).grammar;
}
