// How a command is written.
//
//   src/cli/<words>.ts is `hab <words>`: src/cli/pkg/path.ts is `hab pkg path`. The file exports one `command`, and
//   src/cli/commands.ts gets one line for it (keep the lines sorted; nothing else needs to know).
//
//     export const command = defineCommand({
//       summary: "Print where an installed package is",
//       examples: [{ command: "hab pkg path core/redis", explains: "the newest release installed" }],
//       args: { ident: argument({ value: "PKG_IDENT", help: "A package (core/redis)", type: parseIdent }) },
//       options: { channel: option({ short: "c", long: "channel", value: "CHANNEL", help: "…", env: "HAB_BLDR_CHANNEL" }) },
//       json: true,
//       async run({ args, options, stdout, json, printJson }) { … },
//     });
//
// Conventions
//   * Types: `option` gives T | undefined (T with `default` or `required`), `optionList` T[], `flag` boolean, `argument` T,
//     `optionalArgument` T | undefined, `argumentList` T[]. `type` is a function text → value that throws an Error saying why
//     not (usage error, exit 2), or a value type of values.ts (`choice`, `integer`, `existingFile`, …).
//   * `type` must be quick and may look at the file system, never at the network.
//   * Options several commands share are in shared-options.ts (`urlOption`, …) and secret-option.ts; their values go through
//     `context.configuration`, which knows environment and cli.toml (reference/cli.md §3).
//   * Data goes to `stdout` (`stdout.write`, `printJson`), everything for people to `ui`. With `--json` exactly one JSON
//     document is on standard output; `ui` lines then go to standard error by themselves.
//   * Failures: throw a HabError of your room; it is printed and its exit code used. `usageProblem("…")` for words that only
//     turn out wrong later (exit 2). Never write an error and return 1.
//   * `run` returns nothing (0) or an exit code. Nobody calls process.exit. Long work takes `context.signal`.
//   * Import rooms by their index.ts; import heavy things inside `run`.
//   * `completes` says what the completions of shells offer as a value (installed packages, channels, …).
//   * What must not be seen is a `secretOption`; add its names to secret-arguments.ts (a test tells you).
//   * Where the original prints help for a bare command, `helpIfBare: true`; where it has no -V, `hasVersion: false`.
import { HabError } from "../error/index.ts";
import type { LineReader, Output, Ui } from "../ui/index.ts";
import type { Completion } from "./complete/position.ts";
import type { Configuration } from "./configuration.ts";
import { cliErrors } from "./errors.ts";
import type { Environment, ParsedValue, ValueSource } from "./grammar/parse.ts";
import type { ArgumentGrammar, CommandGrammar, OptionGrammar, ValueSubject } from "./grammar/spec.ts";
import { subjectOfType } from "./values.ts";

/** A function from text to value, or the same with its list of possible values. */
export type ValueType<T> =
  | ((text: string) => T)
  | { readonly parse: (text: string) => T; readonly choices?: readonly string[]; readonly anyCase?: boolean };

interface CommonParts {
  /** Name of the value in help: `CHANNEL`. Default: the long name in capitals. */
  readonly value?: string;
  /** One sentence for help, without a final period. Default and environment variable are added by help itself. */
  readonly help: string;
  /** More paragraphs, shown by `--help`, not by `-h`. */
  readonly longHelp?: string;
  /** What completions offer; a file, directory or origin type of values.ts says it by itself. */
  readonly completes?: ValueSubject | readonly ValueSubject[];
  readonly env?: string;
  /** As text, as one would type it. */
  readonly default?: string;
  readonly conflictsWith?: readonly string[];
  readonly requires?: readonly string[];
  readonly requiredUnless?: readonly string[];
  readonly hidden?: boolean;
  readonly secret?: boolean;
  readonly delimiter?: string;
  readonly refuseEmpty?: boolean;
}

interface Typed<T> {
  readonly type: ValueType<T>;
}

/** Without a type a value is the text itself. */
interface Untyped {
  readonly type?: never;
}

export interface OptionParts extends CommonParts {
  readonly long?: string;
  readonly short?: string;
  readonly heading?: string;
}

/** One option or argument of a command, whose value has the type T. */
export interface Part<T> {
  /** The grammar without its id, which is the key under which the part is declared. */
  readonly grammar: Omit<OptionGrammar, "id"> | Omit<ArgumentGrammar, "id">;
  read(parsed: ParsedValue | undefined): T;
}

export interface OptionPart<T> extends Part<T> {
  readonly grammar: Omit<OptionGrammar, "id">;
}

export interface ArgumentPart<T> extends Part<T> {
  readonly grammar: Omit<ArgumentGrammar, "id">;
}

/** A switch without a value. */
export function flag(parts: Omit<OptionParts, "value" | "default" | "env">): OptionPart<boolean> {
  return {
    grammar: { ...optionGrammar(parts), values: "none", repeatable: false, required: false },
    read: (parsed) => parsed !== undefined,
  };
}

type Present = { readonly default: string } | { readonly required: true };

/** An option with one value; undefined when absent, unless it has a `default` or is `required`. */
export function option(parts: OptionParts & Untyped & Present): OptionPart<string>;
export function option(parts: OptionParts & Untyped): OptionPart<string | undefined>;
export function option<T>(parts: OptionParts & Typed<T> & Present): OptionPart<T>;
export function option<T>(parts: OptionParts & Typed<T>): OptionPart<T | undefined>;
export function option(
  parts: OptionParts & Partial<Typed<unknown>> & { readonly required?: true },
): OptionPart<unknown> {
  return {
    grammar: {
      ...optionGrammar(parts),
      values: "one",
      repeatable: false,
      required: parts.required === true,
    },
    read: (parsed) => parsed?.values[0],
  };
}

interface ListParts extends OptionParts {
  readonly values: "one" | "one-or-more" | "zero-or-more";
  readonly required?: true;
  /** False: a second occurrence is an error. */
  readonly repeatable?: boolean;
}

/**
 * An option with several values. `values`: how many words one occurrence takes: `one` (repeat the option for more),
 * `one-or-more` (greedy: all words up to the next option) or `zero-or-more` (greedy, may be empty). Absent: an empty list;
 * `context.source(id)` tells an empty one from an absent one.
 */
export function optionList(parts: ListParts & Untyped): OptionPart<readonly string[]>;
export function optionList<T>(parts: ListParts & Typed<T>): OptionPart<readonly T[]>;
export function optionList(parts: ListParts & Partial<Typed<unknown>>): OptionPart<readonly unknown[]> {
  return {
    grammar: {
      ...optionGrammar(parts),
      values: parts.values,
      repeatable: parts.repeatable ?? true,
      required: parts.required === true,
    },
    read: (parsed) => parsed?.values ?? [],
  };
}

interface ArgumentParts extends CommonParts {
  readonly value: string;
  /** Takes words that look like options, for commands that hand their arguments on. */
  readonly allowHyphenValues?: boolean;
}

/** A required argument. */
export function argument(parts: ArgumentParts & Untyped): ArgumentPart<string>;
export function argument<T>(parts: ArgumentParts & Typed<T>): ArgumentPart<T>;
export function argument(parts: ArgumentParts & Partial<Typed<unknown>>): ArgumentPart<unknown> {
  return {
    grammar: argumentGrammar(parts, { many: false, required: true }),
    read: (parsed) => parsed?.values[0],
  };
}

/** An argument that may be left out; undefined then, unless it has a `default`. */
export function optionalArgument(
  parts: ArgumentParts & Untyped & { readonly default: string },
): ArgumentPart<string>;
export function optionalArgument(parts: ArgumentParts & Untyped): ArgumentPart<string | undefined>;
export function optionalArgument<T>(
  parts: ArgumentParts & Typed<T> & { readonly default: string },
): ArgumentPart<T>;
export function optionalArgument<T>(parts: ArgumentParts & Typed<T>): ArgumentPart<T | undefined>;
export function optionalArgument(parts: ArgumentParts & Partial<Typed<unknown>>): ArgumentPart<unknown> {
  return {
    grammar: argumentGrammar(parts, { many: false, required: parts.requiredUnless !== undefined }),
    read: (parsed) => parsed?.values[0],
  };
}

/** All remaining words; must be the last argument. With `optional` there may be none. */
export function argumentList(
  parts: ArgumentParts & Untyped & { readonly optional?: boolean },
): ArgumentPart<readonly string[]>;
export function argumentList<T>(
  parts: ArgumentParts & Typed<T> & { readonly optional?: boolean },
): ArgumentPart<readonly T[]>;
export function argumentList(
  parts: ArgumentParts & Partial<Typed<unknown>> & { readonly optional?: boolean },
): ArgumentPart<readonly unknown[]> {
  return {
    grammar: argumentGrammar(parts, { many: true, required: parts.optional !== true }),
    read: (parsed) => parsed?.values ?? [],
  };
}

export interface CommandContext<Options = unknown, Args = unknown> {
  readonly options: Options;
  readonly args: Args;
  /** Where the value of an option or argument came from; undefined when it has none. */
  source(id: string): ValueSource | undefined;
  /** Lines for people, progress and questions. */
  readonly ui: Ui;
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Writes one JSON document and a newline to standard output. */
  printJson(value: unknown): void;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Next line of standard input; prompts of `ui` read the same lines. */
  readonly readLine: LineReader;
  /** Aborts on SIGINT and SIGTERM; a second signal ends the process at once. */
  readonly signal: AbortSignal;
  readonly env: Environment;
  readonly configuration: Configuration;
  /** The words after the command's own, as typed, for commands that hand them on. */
  readonly words: readonly string[];
}

type PartsOf = Readonly<Record<string, Part<unknown>>>;
type ValuesOf<Parts extends PartsOf> = {
  readonly [Name in keyof Parts]: Parts[Name] extends Part<infer T> ? T : never;
};

/** Completes the word at the cursor (the second) after the words of the command (the first). */
export type CompleteWords = (words: readonly string[], current: string) => Promise<Completion>;

export interface CommandDefinition<
  Options extends Readonly<Record<string, OptionPart<unknown>>>,
  Args extends Readonly<Record<string, ArgumentPart<unknown>>>,
> {
  /** One line for the list of commands, in the imperative, without a final period. */
  readonly summary: string;
  /** Paragraphs below it in the command's own help. */
  readonly description?: string;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  readonly args?: Args;
  readonly options?: Options;
  /** Sets of options and arguments of which exactly one must be given. */
  readonly exactlyOne?: readonly (readonly (keyof Options | keyof Args)[])[];
  /** Adds `--json`; `{ short: "j" }` where the original has a short name for it. */
  readonly json?: true | { readonly short: string };
  readonly helpIfBare?: boolean;
  readonly hasVersion?: boolean;
  readonly hasHelp?: boolean;
  readonly passThrough?: boolean;
  /** Completes words that the grammar does not describe, since they are handed on. */
  readonly complete?: CompleteWords;
  /** Not in any list of commands (internal entry points). */
  readonly hidden?: boolean;
  run(
    context: CommandContext<ValuesOf<Options>, ValuesOf<Args>>,
  ): Promise<number | undefined> | Promise<void> | number | undefined;
}

/** A command, ready to be parsed for, described and run. */
export interface Command {
  readonly summary: string;
  readonly description: string | undefined;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
  readonly grammar: CommandGrammar;
  readonly complete: CompleteWords | undefined;
  readonly hidden: boolean;
  readonly hasJson: boolean;
  /** Runs with parsed values and gives the exit code. */
  run(values: ReadonlyMap<string, ParsedValue>, context: BareContext): Promise<number>;
}

/** What every command gets, before its own values. */
export type BareContext = Omit<CommandContext, "options" | "args" | "source" | "json" | "printJson">;

/** Declares a command. The types of `options` and `args` in `run` follow from their declarations. */
export function defineCommand<
  const Options extends Readonly<Record<string, OptionPart<unknown>>> = Record<never, never>,
  const Args extends Readonly<Record<string, ArgumentPart<unknown>>> = Record<never, never>,
>(definition: CommandDefinition<Options, Args>): Command {
  const options: Readonly<Record<string, OptionPart<unknown>>> = {
    ...definition.options,
    ...(definition.json !== undefined && { json: jsonFlag(definition.json) }),
  };
  const args: Readonly<Record<string, ArgumentPart<unknown>>> = definition.args ?? {};
  return {
    summary: definition.summary,
    description: definition.description,
    examples: definition.examples,
    complete: definition.complete,
    hidden: definition.hidden ?? false,
    hasJson: definition.json !== undefined,
    grammar: {
      options: Object.entries(options).map(([id, part]) => ({ ...part.grammar, id })),
      arguments: Object.entries(args).map(([id, part]) => ({ ...part.grammar, id })),
      exactlyOne: (definition.exactlyOne ?? []).map((ids) => ids.map(String)),
      helpIfBare: definition.helpIfBare ?? false,
      hasVersion: definition.hasVersion ?? true,
      hasHelp: definition.hasHelp ?? true,
      passThrough: definition.passThrough ?? false,
    },
    async run(values, bare) {
      const exitCode = await definition.run({
        ...bare,
        options: readAll(options, values) as ValuesOf<Options>,
        args: readAll(args, values) as ValuesOf<Args>,
        source: (id) => values.get(id)?.source,
        json: values.has("json"),
        printJson: (value) => bare.stdout.write(`${formatJson(value)}\n`),
      });
      return exitCode ?? 0;
    },
  };
}

/** A usage error found after parsing; ends the command with exit code 2. */
export function usageProblem(message: string): HabError {
  return new HabError(cliErrors.usage, message);
}

/**
 * JSON as every command prints it: one line; integers that a number cannot hold are strings. What JSON leaves as it is but
 * a terminal obeys (DEL, C1, marks that turn text around) is escaped, which changes nothing of the value.
 */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) =>
    typeof part === "bigint" ? (BigInt(Number(part)) === part ? Number(part) : part.toString()) : part,
  ).replace(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function readAll(
  parts: Readonly<Record<string, Part<unknown>>>,
  values: ReadonlyMap<string, ParsedValue>,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [id, part] of Object.entries(parts)) result[id] = part.read(values.get(id));
  return result;
}

function jsonFlag(json: true | { readonly short: string }): OptionPart<boolean> {
  return flag({
    long: "json",
    ...(json !== true && { short: json.short }),
    help: "Print one JSON document on standard output instead of text",
  });
}

function optionGrammar(
  parts: OptionParts & Partial<Typed<unknown>>,
): Omit<OptionGrammar, "id" | "values" | "repeatable"> {
  return {
    ...common(
      parts,
      parts.value ?? (parts.long ?? parts.short ?? "value").toUpperCase().replaceAll("-", "_"),
    ),
    kind: "option",
    ...(parts.long !== undefined && { long: parts.long }),
    ...(parts.short !== undefined && { short: parts.short }),
    ...(parts.heading !== undefined && { heading: parts.heading }),
    required: false,
  };
}

function argumentGrammar(
  parts: ArgumentParts & Partial<Typed<unknown>>,
  counts: { many: boolean; required: boolean },
): Omit<ArgumentGrammar, "id"> {
  return {
    ...common(parts, parts.value),
    kind: "argument",
    ...counts,
    allowHyphenValues: parts.allowHyphenValues ?? false,
  };
}

function common(parts: CommonParts & Partial<Typed<unknown>>, valueName: string) {
  const { type } = parts;
  const completes = parts.completes ?? subjectOfType(type);
  return {
    valueName,
    help: parts.help,
    hidden: parts.hidden ?? false,
    secret: parts.secret ?? false,
    parse: type === undefined ? (text: string) => text : typeof type === "function" ? type : type.parse,
    ...(typeof type === "object" && type.choices !== undefined && { choices: type.choices }),
    ...(typeof type === "object" && type.anyCase !== undefined && { anyCase: type.anyCase }),
    ...(completes !== undefined && { completes: [completes].flat() }),
    ...(parts.longHelp !== undefined && { longHelp: parts.longHelp }),
    ...(parts.env !== undefined && { env: parts.env }),
    ...(parts.default !== undefined && { defaultText: parts.default }),
    ...(parts.delimiter !== undefined && { delimiter: parts.delimiter }),
    ...(parts.refuseEmpty !== undefined && { refuseEmpty: parts.refuseEmpty }),
    ...(parts.conflictsWith !== undefined && { conflictsWith: parts.conflictsWith }),
    ...(parts.requires !== undefined && { requires: parts.requires }),
    ...(parts.requiredUnless !== undefined && { requiredUnless: parts.requiredUnless }),
  };
}
