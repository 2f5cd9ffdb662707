// What may stand at the cursor of a command: (grammar, words before the cursor, word at the cursor) → candidates that the
// grammar knows, and the kind of value that is wanted there. Follows the parser (grammar/parse.ts), but forgives: words
// that are wrong are passed over. Pure.
import { excludes } from "../grammar/presence.ts";
import type { ArgumentGrammar, CommandGrammar, OptionGrammar, ValueSubject } from "../grammar/spec.ts";

export interface Candidate {
  /** The whole word that would stand at the cursor. */
  readonly word: string;
  /** One line; may be empty. */
  readonly description: string;
}

/** A value that only the machine or the depot can tell. */
export interface WantedValue {
  /** What stands before the value in the word at the cursor: `--channel=`, or nothing. */
  readonly prefix: string;
  /** What is typed of the value. */
  readonly typed: string;
  readonly subjects: readonly ValueSubject[];
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly wanted?: WantedValue;
}

type Part = OptionGrammar | ArgumentGrammar;

const NOTHING: Completion = { candidates: [] };

/** Completes the word `current` that follows `words`; both without the command's own words. */
export function completeAtCursor(
  grammar: CommandGrammar,
  words: readonly string[],
  current: string,
): Completion {
  const position = grammar.passThrough ? undefined : walk(grammar, words);
  if (position === undefined) {
    const last = grammar.arguments.at(-1);
    return last === undefined ? NOTHING : valuesOf(last, "", current);
  }
  const { open, openIsFed, onlyValues, argument } = position;
  if (open !== undefined) {
    const mayEnd = open.values === "zero-or-more" || openIsFed;
    if (!current.startsWith("-")) return valuesOf(open, "", current);
    if (!mayEnd) return NOTHING;
  }
  if (!onlyValues && current.startsWith("-")) {
    const attached = attachedValue(grammar, position, current);
    return attached ?? { candidates: optionCandidates(grammar, position, current) };
  }
  if (argument !== undefined && !isExcluded(grammar, argument, position.present)) {
    const values = valuesOf(argument, "", current);
    if (values.candidates.length > 0 || values.wanted !== undefined) return values;
  }
  if (onlyValues || current !== "") return NOTHING;
  return { candidates: optionCandidates(grammar, position, current) };
}

interface Position {
  /** The option that takes the next plain word. */
  readonly open: OptionGrammar | undefined;
  /** Whether that option has a value already. */
  readonly openIsFed: boolean;
  /** After `--`, or within words that are handed on. */
  readonly onlyValues: boolean;
  /** The argument that takes the next plain word. */
  readonly argument: ArgumentGrammar | undefined;
  readonly present: ReadonlySet<string>;
}

function walk(grammar: CommandGrammar, words: readonly string[]): Position {
  const present = new Set<string>();
  let open: OptionGrammar | undefined;
  let openIsFed = false;
  let onlyValues = false;
  let index = 0;
  const begin = (option: OptionGrammar, isComplete: boolean) => {
    present.add(option.id);
    open = isComplete || option.values === "none" ? undefined : option;
    openIsFed = false;
  };
  const positional = () => {
    open = undefined;
    const argument = grammar.arguments[index];
    if (argument === undefined) return;
    present.add(argument.id);
    if (!argument.many) index++;
    else if (argument.allowHyphenValues) onlyValues = true;
  };
  for (const word of words) {
    if (onlyValues) positional();
    else if (word === "--") {
      open = undefined;
      onlyValues = true;
    } else if (word.startsWith("-") && word !== "-") {
      const started = word.startsWith("--") ? longOption(grammar, word) : shortOptions(grammar, word);
      if (started.length === 0 && grammar.arguments[index]?.allowHyphenValues === true) positional();
      else open = undefined;
      for (const { option, value } of started) begin(option, value !== undefined);
    } else if (open !== undefined) {
      openIsFed = true;
      if (open.values === "one") open = undefined;
    } else positional();
  }
  return { open, openIsFed, onlyValues, argument: grammar.arguments[index], present };
}

interface Started {
  readonly option: OptionGrammar;
  /** What is joined to the option: `--channel=x`, `-cx`. */
  readonly value: string | undefined;
}

function longOption(grammar: CommandGrammar, word: string): Started[] {
  const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const option = grammar.options.find(({ long }) => long !== undefined && long === name);
  return option === undefined ? [] : [{ option, value }];
}

/** The options in `-abc`; only the last may have a value. Empty when a letter is unknown. */
function shortOptions(grammar: CommandGrammar, word: string): Started[] {
  const started: Started[] = [];
  for (let index = 1; index < word.length; index++) {
    const option = grammar.options.find(({ short }) => short !== undefined && short === word[index]);
    if (option === undefined) return [];
    const rest = word.slice(index + 1);
    const takesRest = option.values !== "none" && rest !== "";
    started.push({ option, value: takesRest ? rest.replace(/^=/, "") : undefined });
    if (option.values !== "none") break;
  }
  return started;
}

/** Completes `--channel=st` and `-cst`; undefined when no value is joined to an option. */
function attachedValue(
  grammar: CommandGrammar,
  { present }: Position,
  current: string,
): Completion | undefined {
  const started = current.startsWith("--") ? longOption(grammar, current) : shortOptions(grammar, current);
  const last = started.at(-1);
  if (last?.value === undefined) return undefined;
  if (last.option.values === "none" || !isAvailable(grammar, last.option, present)) return NOTHING;
  return valuesOf(last.option, current.slice(0, current.length - last.value.length), last.value);
}

function optionCandidates(
  grammar: CommandGrammar,
  { present }: Position,
  current: string,
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  const offer = (word: string, description: string) => {
    if (word.startsWith(current)) candidates.push({ word, description });
  };
  const offerNames = (long: string | undefined, short: string | undefined, description: string) => {
    if (long !== undefined) offer(`--${long}`, description);
    // Short names crowd a list in which the long ones stand: they are for who typed a dash, or have nothing else.
    if (short !== undefined && (current.startsWith("-") || long === undefined))
      offer(`-${short}`, description);
  };
  for (const option of grammar.options)
    if (isAvailable(grammar, option, present)) offerNames(option.long, option.short, option.help);
  if (grammar.hasHelp) offerNames("help", "h", "Print help");
  if (grammar.hasVersion) offerNames("version", "V", "Print version");
  const joined = current.startsWith("--") ? [] : shortOptions(grammar, current);
  if (joined.length > 1 && joined.every(({ option }) => isAvailable(grammar, option, present)))
    candidates.push({ word: current, description: joined.at(-1)?.option.help ?? "" });
  return candidates;
}

function isAvailable(grammar: CommandGrammar, option: OptionGrammar, present: ReadonlySet<string>): boolean {
  if (present.has(option.id)) return option.repeatable && option.values !== "none";
  return !isExcluded(grammar, option, present);
}

function isExcluded(grammar: CommandGrammar, part: Part, present: ReadonlySet<string>): boolean {
  return [...grammar.options, ...grammar.arguments].some(
    (other) => other.id !== part.id && present.has(other.id) && excludes(grammar, part, other),
  );
}

function valuesOf(part: Part, before: string, text: string): Completion {
  // A secret is not offered from anywhere, not even as a file that might hold it.
  if (part.secret) return NOTHING;
  const cut = part.delimiter === undefined ? 0 : text.lastIndexOf(part.delimiter) + 1;
  const prefix = before + text.slice(0, cut);
  const typed = text.slice(cut);
  const candidates = (part.choices ?? [])
    .filter((choice) => choice.startsWith(typed))
    .map((choice) => ({ word: prefix + choice, description: part.help }));
  if (part.completes === undefined) return { candidates };
  return { candidates, wanted: { prefix, typed, subjects: part.completes } };
}
