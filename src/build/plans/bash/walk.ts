// Everything that stands anywhere in a script: in functions, in branches, in substitutions.
import type { Assignment, Command, FunctionDefinition, SimpleCommand, Word, WordPart } from "./syntax.ts";

export type Found =
  | { readonly kind: "command"; readonly command: SimpleCommand; readonly inFunction: string | undefined }
  | { readonly kind: "function"; readonly definition: FunctionDefinition }
  | { readonly kind: "assignment"; readonly assignment: Assignment; readonly inFunction: string | undefined }
  | {
      readonly kind: "variable";
      readonly variable: Extract<WordPart, { kind: "variable" }>;
      readonly inFunction: string | undefined;
    };

/** All of it, in the order of the text. */
export function walk(commands: readonly Command[], inFunction?: string): Found[] {
  const found: Found[] = [];
  for (const command of commands) walkCommand(command, inFunction, found);
  return found;
}

function walkCommand(command: Command, inFunction: string | undefined, found: Found[]): void {
  const all = (commands: readonly Command[]) => {
    for (const each of commands) walkCommand(each, inFunction, found);
  };
  const words = (list: readonly Word[]) => {
    for (const word of list) walkWord(word, inFunction, found);
  };
  switch (command.kind) {
    case "simple":
      found.push({ kind: "command", command, inFunction });
      for (const assignment of [...command.assignments, ...command.declared]) {
        found.push({ kind: "assignment", assignment, inFunction });
        if ("parts" in assignment.value) words([assignment.value]);
        else for (const { key, value } of assignment.value) words(key === undefined ? [value] : [key, value]);
      }
      words(command.words);
      words(command.redirected);
      return;
    case "function":
      found.push({ kind: "function", definition: command });
      walkCommand(command.body, command.name, found);
      return;
    case "group":
    case "subshell":
      all(command.body);
      words(command.redirected);
      return;
    case "if":
      for (const { test, body } of command.clauses) {
        all(test);
        all(body);
      }
      all(command.otherwise ?? []);
      words(command.redirected);
      return;
    case "loop":
      words(command.words ?? []);
      all(command.test);
      all(command.body);
      words(command.redirected);
      return;
    case "case":
      words([command.subject]);
      for (const { patterns, body } of command.arms) {
        words(patterns);
        all(body);
      }
      words(command.redirected);
      return;
    case "test":
      words(command.words);
      return;
    case "arithmetic":
      return;
    case "and":
    case "or":
      all([command.left, command.right]);
      return;
    case "pipeline":
      all(command.commands);
  }
}

function walkWord(word: Word, inFunction: string | undefined, found: Found[]): void {
  for (const part of word.parts) {
    if (part.kind === "variable") found.push({ kind: "variable", variable: part, inFunction });
    else if (part.kind === "command") for (const each of part.body) walkCommand(each, inFunction, found);
  }
}
