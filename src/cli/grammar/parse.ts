// The command-line parser: (grammar, words, environment) → values, a wish for help or version, or a usage error. The
// rules are those of clap 4 as the original uses it (reference/cli.md §2). Pure.

import { checkPresence } from "./presence.ts";
import { mostSimilarWord } from "./similarity.ts";
import type { ArgumentGrammar, CommandGrammar, OptionGrammar } from "./spec.ts";
import { displayName } from "./spec.ts";
import type { UsageError } from "./usage-error.ts";

/** Where a value came from. */
export type ValueSource = "command-line" | "environment" | "default";

export interface ParsedValue {
  readonly source: ValueSource;
  /** Parsed values in order; for a flag, empty. */
  readonly values: readonly unknown[];
}

export type ParseResult =
  | { readonly kind: "values"; readonly values: ReadonlyMap<string, ParsedValue> }
  | { readonly kind: "help"; readonly long: boolean }
  | { readonly kind: "bare" }
  | { readonly kind: "version" }
  | { readonly kind: "error"; readonly error: UsageError };

export type Environment = Readonly<Record<string, string | undefined>>;

type Part = OptionGrammar | ArgumentGrammar;

/** Ends parsing: a usage error, or help or version asked for. */
class Stop {
  readonly result: ParseResult;
  constructor(result: ParseResult) {
    this.result = result;
  }
}

function fail(error: UsageError): never {
  throw new Stop({ kind: "error", error });
}

/** Parses the words that follow the command's own words. */
export function parseWords(grammar: CommandGrammar, words: readonly string[], env: Environment): ParseResult {
  try {
    const found = grammar.passThrough ? handOn(grammar, words) : new Scanner(grammar).scan(words);
    addEnvironment(grammar, found, env);
    if (grammar.helpIfBare && found.size === 0) return { kind: "bare" };
    const error = checkPresence(grammar, [...found.keys()]);
    if (error !== undefined) return { kind: "error", error };
    addDefaults(grammar, found);
    return { kind: "values", values: found };
  } catch (stop) {
    if (stop instanceof Stop) return stop.result;
    throw stop;
  }
}

type Found = Map<string, ParsedValue & { values: unknown[] }>;

function handOn(grammar: CommandGrammar, words: readonly string[]): Found {
  const found: Found = new Map();
  const last = grammar.arguments.at(-1);
  if (last !== undefined && words.length > 0)
    found.set(last.id, { source: "command-line", values: words.map((word) => parseOne(last, word)) });
  return found;
}

/** Walks the words once, left to right; each value is checked as soon as its option or argument is complete. */
class Scanner {
  readonly #grammar: CommandGrammar;
  readonly #found: Found = new Map();
  /** The option or argument that is still taking words, and those it has. */
  #open: { part: Part; words: string[] } | undefined;
  #position = 0;
  #onlyValues = false;

  constructor(grammar: CommandGrammar) {
    this.#grammar = grammar;
  }

  scan(words: readonly string[]): Found {
    for (const word of words) {
      if (this.#onlyValues) this.#positional(word);
      else if (word === "--") {
        this.#close();
        this.#onlyValues = true;
      } else if (word.startsWith("--")) this.#long(word);
      else if (word.startsWith("-") && word !== "-") this.#shorts(word);
      else if (this.#open !== undefined && this.#open.part.kind === "option") this.#feedOption(word);
      else this.#positional(word);
    }
    this.#close();
    return this.#found;
  }

  /** The argument the next plain word would go to. */
  #nextArgument(): ArgumentGrammar | undefined {
    return this.#grammar.arguments[this.#position];
  }

  #long(word: string): void {
    const equals = word.indexOf("=");
    const name = equals === -1 ? word.slice(2) : word.slice(2, equals);
    const attached = equals === -1 ? undefined : word.slice(equals + 1);
    const option = this.#grammar.options.find((candidate) => candidate.long === name);
    if (option !== undefined) {
      this.#start(option, attached);
      return;
    }
    const builtIn = this.#builtIn(name, "");
    if (builtIn !== undefined) {
      this.#close();
      if (attached !== undefined) fail(unexpectedValue(attached, `--${name}`));
      throw new Stop(builtIn);
    }
    if (!this.#takesHyphens()) fail(this.#unknown(`--${name}`, name));
    this.#positional(word);
  }

  #shorts(word: string): void {
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] as string;
      const option = this.#grammar.options.find((candidate) => candidate.short === letter);
      if (option === undefined) {
        const builtIn = this.#builtIn("", letter);
        if (builtIn !== undefined) {
          this.#close();
          throw new Stop(builtIn);
        }
        if (index > 1 || !this.#takesHyphens()) fail(this.#unknown(`-${letter}`, undefined));
        this.#positional(word);
        return;
      }
      if (option.values === "none") {
        this.#start(option, undefined);
        continue;
      }
      const rest = word.slice(index + 1);
      this.#start(option, rest === "" ? undefined : rest.replace(/^=/, ""));
      return;
    }
  }

  #builtIn(long: string, short: string): ParseResult | undefined {
    if (this.#grammar.hasHelp && (long === "help" || short === "h"))
      return { kind: "help", long: long === "help" };
    if (this.#grammar.hasVersion && (long === "version" || short === "V")) return { kind: "version" };
    return undefined;
  }

  #takesHyphens(): boolean {
    return this.#nextArgument()?.allowHyphenValues === true;
  }

  #unknown(shown: string, longName: string | undefined): UsageError {
    const similar = longName === undefined ? undefined : mostSimilarWord(longName, longNames(this.#grammar));
    const tip =
      similar !== undefined
        ? `a similar argument exists: '--${similar}'`
        : this.#grammar.arguments.length > 0
          ? `to pass '${shown}' as a value, use '-- ${shown}'`
          : undefined;
    return { what: `unexpected argument '${shown}' found`, ...(tip && { tip }), showUsage: true };
  }

  #start(option: OptionGrammar, attached: string | undefined): void {
    this.#close();
    if (this.#found.has(option.id) && !option.repeatable) fail(givenTwice(option));
    if (option.values === "none") {
      if (attached !== undefined) fail(unexpectedValue(attached, displayName(option)));
      this.#found.set(option.id, { source: "command-line", values: [] });
      return;
    }
    this.#open = { part: option, words: attached === undefined ? [] : [attached] };
    // A value joined to its option closes it: `--bind=a:b.c core/redis` leaves core/redis alone.
    if (attached !== undefined) this.#close();
  }

  #feedOption(word: string): void {
    const open = this.#open;
    if (open === undefined) return;
    open.words.push(word);
    if (open.part.kind === "option" && open.part.values === "one") this.#close();
  }

  #positional(word: string): void {
    const argument = this.#nextArgument();
    if (argument === undefined) {
      this.#close();
      fail({ what: `unexpected argument '${word}' found`, showUsage: true });
    }
    if (this.#open?.part !== argument) {
      this.#close();
      this.#open = { part: argument, words: [] };
    }
    this.#open.words.push(word);
    if (!argument.many) {
      this.#close();
      this.#position++;
    } else if (argument.allowHyphenValues) this.#onlyValues = true;
  }

  #close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { part, words } = open;
    if (words.length === 0 && part.kind === "option" && part.values !== "zero-or-more")
      fail(valueMissing(part));
    const values = parseAll(part, words);
    const earlier = this.#found.get(part.id);
    if (earlier === undefined) this.#found.set(part.id, { source: "command-line", values });
    else earlier.values.push(...values);
  }
}

function addEnvironment(grammar: CommandGrammar, found: Found, env: Environment): void {
  for (const part of parts(grammar)) {
    const text = part.env === undefined ? undefined : env[part.env];
    if (text === undefined || found.has(part.id)) continue;
    found.set(part.id, { source: "environment", values: parseAll(part, [text]) });
  }
}

function addDefaults(grammar: CommandGrammar, found: Found): void {
  for (const part of parts(grammar)) {
    if (part.defaultText === undefined || found.has(part.id)) continue;
    found.set(part.id, { source: "default", values: parseAll(part, [part.defaultText]) });
  }
}

function parts(grammar: CommandGrammar): Part[] {
  return [...grammar.arguments, ...grammar.options];
}

function parseAll(part: Part, words: readonly string[]): unknown[] {
  const { delimiter } = part;
  const pieces = delimiter === undefined ? words : words.flatMap((word) => word.split(delimiter));
  return pieces.map((piece) => parseOne(part, piece));
}

function parseOne(part: Part, text: string): unknown {
  if (text === "" && part.refuseEmpty === true) fail(valueMissing(part));
  if (part.choices !== undefined && part.anyCase !== true && !part.choices.includes(text))
    fail(notAChoice(part, text));
  try {
    return part.parse(text);
  } catch (error) {
    if (error instanceof Stop) throw error;
    return fail(invalidValue(part, text, error instanceof Error ? error.message : String(error)));
  }
}

/**
 * The usage error for a value that does not parse; a secret value is not repeated. Compat: a reason that begins with a
 * back-tick names the value itself and stands in its place (reference/cli.md §2.3).
 */
export function invalidValue(part: Part, text: string, reason: string): UsageError {
  const name = displayName(part);
  if (part.secret) return { what: `invalid value for '${name}'`, showUsage: false };
  const what = reason.startsWith("`")
    ? `invalid value '${reason}' for '${name}'`
    : `invalid value '${text}' for '${name}': ${reason}`;
  return { what, showUsage: false };
}

function notAChoice(part: Part, text: string): UsageError {
  const similar = mostSimilarWord(text, part.choices ?? []);
  return {
    what: `invalid value '${text}' for '${displayName(part)}'`,
    details: [possibleValues(part)],
    ...(similar !== undefined && { tip: `a similar value exists: '${similar}'` }),
    showUsage: false,
  };
}

function valueMissing(part: Part): UsageError {
  return {
    what: `a value is required for '${displayName(part)}' but none was supplied`,
    ...(part.choices !== undefined && { details: [possibleValues(part)] }),
    showUsage: false,
  };
}

function possibleValues(part: Part): string {
  return `[possible values: ${(part.choices ?? []).join(", ")}]`;
}

function givenTwice(option: OptionGrammar): UsageError {
  return { what: `the argument '${displayName(option)}' cannot be used multiple times`, showUsage: true };
}

function unexpectedValue(value: string, shown: string): UsageError {
  return { what: `unexpected value '${value}' for '${shown}' found; no more were expected`, showUsage: true };
}

function longNames(grammar: CommandGrammar): string[] {
  const names = grammar.options.flatMap((option) => (option.long === undefined ? [] : [option.long]));
  if (grammar.hasHelp) names.push("help");
  if (grammar.hasVersion) names.push("version");
  return names;
}
