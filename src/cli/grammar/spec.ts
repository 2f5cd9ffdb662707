// What a command's words may be: the table that the parser, the help and the completions all read
// (reference/cli.md §2). Plain data; it knows nothing of terminals, processes or what a command does.

/** How many words an option takes: none (a flag), one, or all that follow up to the next option (greedy). */
export type ValueCount = "none" | "one" | "one-or-more" | "zero-or-more";

/** Turns one word into a value. Throws an Error whose message ends a usage error (`invalid value 'x' for …: <message>`). */
export type ParseValue = (text: string) => unknown;

/** What a value names, for completions: something on this machine, or a channel of the depot. */
export type ValueSubject =
  | "installed-package"
  | "loaded-service"
  | "channel"
  | "origin"
  | "file"
  | "directory";

interface ValueGrammar {
  /** Name of the value in help, without brackets: `PKG_IDENT`. */
  readonly valueName: string;
  readonly parse: ParseValue;
  /** The only values there are; shown in help, and the closest is suggested. */
  readonly choices?: readonly string[];
  /** `parse` takes the choices in any case, and words the error for what is none of them. */
  readonly anyCase?: boolean;
  /** What completions offer as values beside `choices`. */
  readonly completes?: readonly ValueSubject[];
  /** Variable that gives the value when the command line does not. Set but empty counts as a value. */
  readonly env?: string;
  /** Value, as text, when neither command line nor environment gives one. Never counts as present. */
  readonly defaultText?: string;
  /** Splits one word into several values (`--peer "a b"`). */
  readonly delimiter?: string;
  /** Compat: an empty word counts as no value at all ("a value is required"). */
  readonly refuseEmpty?: boolean;
  /** Options and arguments, by id, that may not be present together with this one; holds in both directions. */
  readonly conflictsWith?: readonly string[];
  /** Ids that must be present when this one is. */
  readonly requires?: readonly string[];
  readonly required: boolean;
  /** Not required when one of these ids is present. */
  readonly requiredUnless?: readonly string[];
  /** Left out of help; completions know it. */
  readonly hidden: boolean;
  /** The value must never be shown: not in help, errors, process lists or crash reports. */
  readonly secret: boolean;
  readonly help: string;
  /** More paragraphs, for `--help` only. */
  readonly longHelp?: string;
}

export interface OptionGrammar extends ValueGrammar {
  readonly kind: "option";
  readonly id: string;
  /** Without dashes; an option has a long name, a short one, or both. */
  readonly long?: string;
  readonly short?: string;
  readonly values: ValueCount;
  /** May be given several times; the values add up. */
  readonly repeatable: boolean;
  /** Heading under which help lists it; default `Options`. */
  readonly heading?: string;
}

export interface ArgumentGrammar extends ValueGrammar {
  readonly kind: "argument";
  readonly id: string;
  /** Takes all remaining words. Only the last argument may. */
  readonly many: boolean;
  /**
   * An unknown option is taken as a value of this argument; once a `many` argument has one value, every further word is
   * its value (reference/cli.md §2.5).
   */
  readonly allowHyphenValues: boolean;
}

export interface CommandGrammar {
  readonly options: readonly OptionGrammar[];
  readonly arguments: readonly ArgumentGrammar[];
  /** Sets of ids of which exactly one must be present. */
  readonly exactlyOne: readonly (readonly string[])[];
  /** Full help on stderr and exit 2 when nothing at all is given. */
  readonly helpIfBare: boolean;
  /** Compat: some commands of the original know no `-V/--version` (reference/cli.md §2.4). */
  readonly hasVersion: boolean;
  /** False where `-h/--help` belong to the program that is called (`pkg export`). */
  readonly hasHelp: boolean;
  /** Every word, options included, is handed on untouched as the last argument's values (`hab studio`). */
  readonly passThrough: boolean;
}

/** `--channel <CHANNEL>`, `-v`, `--bind <BIND>...`, `<PKG_IDENT>`, `[FILE]`: the name of a part in messages and usage lines. */
export function displayName(part: OptionGrammar | ArgumentGrammar): string {
  if (part.kind === "argument") {
    const isAlwaysRequired = part.required && part.requiredUnless === undefined;
    return isAlwaysRequired ? missingName(part) : `[${part.valueName}]${part.many ? "..." : ""}`;
  }
  const flag = part.long !== undefined ? `--${part.long}` : `-${part.short}`;
  return `${flag}${valueDisplay(part)}`;
}

/** The name of a part that is missing. */
export function missingName(part: OptionGrammar | ArgumentGrammar): string {
  return part.kind === "argument" ? `<${part.valueName}>${part.many ? "..." : ""}` : displayName(part);
}

/** The value part of an option's display: empty, ` <X>`, ` <X>...` or ` [<X>...]`. */
export function valueDisplay(option: OptionGrammar): string {
  switch (option.values) {
    case "none":
      return "";
    case "one":
      return ` <${option.valueName}>`;
    case "one-or-more":
      return ` <${option.valueName}>...`;
    case "zero-or-more":
      return ` [<${option.valueName}>...]`;
  }
}
