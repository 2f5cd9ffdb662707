// Parameter expansions of bash on known texts: `${name%%.*}`, `${name//a/b}`, `${name:-else}` (bash manual, "Shell
// Parameter Expansion").

/** Longer texts are not matched with patterns: a plan must not be able to keep its reader busy. */
const MAX_PATTERN_TEXT = 4096;
const MAX_PATTERN = 200;
const MAX_STARS = 3;
const MAX_BRACE_WORDS = 200;

/** What an expansion needs to know. `undefined` texts are not known without running the plan. */
export interface ExpansionInput {
  /** The value; undefined when it is not known. */
  readonly text: string | undefined;
  readonly isSet: boolean;
  /** The text of a word inside of the expansion; undefined when it is not known. */
  readonly inner: (word: string) => string | undefined;
}

/** The text of `${name<rest>}`, or undefined when that cannot be told. */
export function expandParameter(rest: string, input: ExpansionInput): string | undefined {
  const { text, isSet, inner } = input;
  if (rest === "") return text;
  const choice = /^(:?)([-=+?])([\s\S]*)$/.exec(rest);
  if (choice !== null) {
    const [, colon, operator, word = ""] = choice;
    if (isSet && text === undefined && colon !== "") return undefined;
    const counts = isSet && (colon === "" || text !== "");
    if (operator === "+") return counts ? inner(word) : "";
    if (counts) return text;
    return operator === "?" ? undefined : inner(word);
  }
  if (text === undefined || text.length > MAX_PATTERN_TEXT) return undefined;
  const cut = /^(##|#|%%|%)([\s\S]*)$/.exec(rest);
  if (cut !== null) return withKnown(inner(cut[2] ?? ""), (pattern) => cutText(text, cut[1] ?? "", pattern));
  const replace = /^\/([/#%]?)((?:\\.|[^/\\])*)(?:\/([\s\S]*))?$/.exec(rest);
  if (replace !== null)
    return withKnown(inner(replace[2] ?? ""), (pattern) =>
      withKnown(inner(replace[3] ?? ""), (by) => replaceText(text, replace[1] ?? "", pattern, by)),
    );
  const slice = /^:\s*(\d+)(?::\s*(\d+))?$/.exec(rest);
  if (slice !== null) {
    const from = Number(slice[1]);
    return text.slice(from, slice[2] === undefined ? undefined : from + Number(slice[2]));
  }
  switch (rest) {
    case "^^":
      return text.toUpperCase();
    case ",,":
      return text.toLowerCase();
    case "^":
      return text.charAt(0).toUpperCase() + text.slice(1);
    case ",":
      return text.charAt(0).toLowerCase() + text.slice(1);
    default:
      return undefined;
  }
}

function withKnown(text: string | undefined, use: (text: string) => string | undefined): string | undefined {
  return text === undefined ? undefined : use(text);
}

function cutText(text: string, operator: string, pattern: string): string | undefined {
  const source = globSource(pattern);
  if (source === undefined) return undefined;
  const matches = new RegExp(`^(?:${source})$`, "s");
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  if (operator.length === 2) lengths.reverse();
  for (const length of lengths) {
    if (operator.startsWith("#") && matches.test(text.slice(0, length))) return text.slice(length);
    if (operator.startsWith("%") && matches.test(text.slice(text.length - length)))
      return text.slice(0, text.length - length);
  }
  return text;
}

function replaceText(text: string, kind: string, pattern: string, by: string): string | undefined {
  if (pattern === "") return text;
  const source = globSource(pattern);
  if (source === undefined) return undefined;
  const anchored = kind === "#" ? `^(?:${source})` : kind === "%" ? `(?:${source})$` : source;
  return text.replace(new RegExp(anchored, kind === "/" ? "gs" : "s"), () => by);
}

/** A pattern of file names as the source of a regular expression; undefined for extended ones. */
export function globSource(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN || /[?*+@!]\(/.test(pattern)) return undefined;
  if (pattern.replace(/\*+/g, "*").split("*").length > MAX_STARS + 1) return undefined;
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "*") source += source.endsWith("[\\s\\S]*") ? "" : "[\\s\\S]*";
    else if (character === "?") source += "[\\s\\S]";
    else if (character === "\\") source += escaped(pattern[++at] ?? "\\");
    else if (character === "[") {
      const end = pattern.indexOf("]", at + 2);
      if (end < 0) {
        source += "\\[";
        continue;
      }
      const body = pattern.slice(at + 1, end);
      if (body.includes("[:")) return undefined;
      const negated = /^[!^]/.test(body);
      source += `[${negated ? "^" : ""}${(negated ? body.slice(1) : body).replace(/[\\\]^[]/g, "\\$&")}]`;
      at = end;
    } else source += escaped(character);
  }
  return source;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** `a{b,c}d` → `abd acd`; a text without such braces is itself. */
export function expandBraces(text: string): string[] {
  const found = /^([^{}]*)\{([^{}]*,[^{}]*)\}([\s\S]*)$/.exec(text);
  if (found === null) return [text];
  const [, before = "", choices = "", after = ""] = found;
  const rest = expandBraces(after);
  if (rest.length * choices.length > MAX_BRACE_WORDS) return [text];
  return choices.split(",").flatMap((choice) => rest.map((end) => `${before}${choice}${end}`));
}
