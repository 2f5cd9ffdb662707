// Words of bash: quotes, expansions and substitutions taken apart (bash manual, "Quoting" and "Shell Expansions").
import { fail, isNameCharacter, isNameStart, nested, type Reader } from "./reader.ts";
import type { Word, WordPart } from "./syntax.ts";

/** Characters that end a word outside of quotes. */
const METACHARACTERS = " \t\n;&|<>()";
/** Parameters of one character that is not a letter: `$1`, `$@`, `$?`. */
const SPECIAL_PARAMETERS = "0123456789@*#?-$!";

/**
 * Reads one word, which may be empty when no word starts here. In `pattern` mode parentheses belong to the word where they
 * follow `?*+@!` or stand inside such (extended globs, regular expressions of `[[ =~ ]]`).
 */
export function readWord(reader: Reader, pattern = false): Word {
  const { text } = reader;
  const at = reader.at;
  const parts: WordPart[] = [];
  let depth = 0;
  for (;;) {
    const character = text[reader.at];
    if (character === undefined) break;
    if (character === "(" && isPatternGroup(reader, at, pattern, depth)) {
      depth++;
      add(parts, "(", false);
      reader.at++;
      continue;
    }
    if (depth > 0 && METACHARACTERS.includes(character) && character !== "\n") {
      if (character === "(") depth++;
      if (character === ")") depth--;
      add(parts, character, false);
      reader.at++;
      continue;
    }
    if ((character === "<" || character === ">") && text[reader.at + 1] === "(") {
      parts.push(readSubstitution(reader, reader.at, 2, false));
      continue;
    }
    if (METACHARACTERS.includes(character)) break;
    readPart(reader, parts, character);
  }
  return { parts, at, end: reader.at };
}

function isPatternGroup(reader: Reader, start: number, pattern: boolean, depth: number): boolean {
  if (depth > 0) return true;
  const before = reader.at > start ? (reader.text[reader.at - 1] ?? "") : "";
  if (before !== "" && "?*+@!".includes(before)) return true;
  return pattern;
}

function readPart(reader: Reader, parts: WordPart[], character: string): void {
  const { text } = reader;
  switch (character) {
    case "\\": {
      const next = text[reader.at + 1];
      if (next !== undefined && next !== "\n") add(parts, next, true);
      reader.at += next === undefined ? 1 : 2;
      return;
    }
    case "'": {
      const end = text.indexOf("'", reader.at + 1);
      if (end < 0) fail(reader, reader.at, "a single quote is not closed");
      add(parts, text.slice(reader.at + 1, end), true);
      reader.at = end + 1;
      return;
    }
    case '"':
      reader.at++;
      readQuoted(reader, parts, '"');
      return;
    case "$":
      readDollar(reader, parts, false);
      return;
    case "`":
      parts.push(readBackquoted(reader, false));
      return;
    default:
      add(parts, takeRun(reader, PLAIN_RUN), false);
  }
}

/** What means nothing but itself, outside of quotes and inside of double ones. */
const PLAIN_RUN = /[^\s;&|<>()"'`$\\]+/y;
const QUOTED_RUN = /[^"`$\\]+/y;

/** The characters from here on that match, at least one. */
function takeRun(reader: Reader, run: RegExp): string {
  run.lastIndex = reader.at;
  const found = run.exec(reader.text)?.[0] ?? reader.text[reader.at] ?? "";
  reader.at += found.length;
  return found;
}

/** Up to and with the closing quote; `end` undefined reads to the end of the text, as in a here-document. */
export function readQuoted(reader: Reader, parts: WordPart[], end: '"' | undefined): void {
  const { text } = reader;
  const start = reader.at;
  // An empty pair of quotes is a word, too.
  add(parts, "", true);
  for (;;) {
    const character = text[reader.at];
    if (character === undefined) {
      if (end === undefined) return;
      fail(reader, start - 1, "a double quote is not closed");
    }
    if (character === end) {
      reader.at++;
      return;
    }
    if (character === "\\") {
      const next = text[reader.at + 1] ?? "";
      if (next !== "\n") add(parts, '$`"\\'.includes(next) && next !== "" ? next : `\\${next}`, true);
      reader.at += 2;
    } else if (character === "$") readDollar(reader, parts, true);
    else if (character === "`") parts.push(readBackquoted(reader, true));
    else add(parts, takeRun(reader, QUOTED_RUN), true);
  }
}

function add(parts: WordPart[], text: string, quoted: boolean): void {
  const last = parts.at(-1);
  if (last?.kind === "text" && last.quoted === quoted)
    parts[parts.length - 1] = { kind: "text", text: last.text + text, quoted };
  else parts.push({ kind: "text", text, quoted });
}

function readDollar(reader: Reader, parts: WordPart[], quoted: boolean): void {
  const { text } = reader;
  const at = reader.at;
  const next = text[at + 1] ?? "";
  if (next === "{") parts.push(readBraced(reader, quoted));
  else if (text.startsWith("$((", at) && isArithmetic(text, at + 3))
    parts.push(readArithmetic(reader, quoted));
  else if (next === "(") parts.push(readSubstitution(reader, at, 2, quoted));
  else if (next === "'" && !quoted) readAnsi(reader, parts);
  else if (next === '"' && !quoted) {
    reader.at += 2;
    readQuoted(reader, parts, '"');
  } else if (isNameStart(next)) {
    let end = at + 2;
    while (isNameCharacter(text[end] ?? "")) end++;
    parts.push({ kind: "variable", name: text.slice(at + 1, end), prefix: "", rest: "", quoted, at });
    reader.at = end;
  } else if (next !== "" && SPECIAL_PARAMETERS.includes(next)) {
    parts.push({ kind: "variable", name: next, prefix: "", rest: "", quoted, at });
    reader.at += 2;
  } else {
    add(parts, "$", quoted);
    reader.at++;
  }
}

/** Whether what begins as `$((` also ends as `))`: else it is a command with a subshell in it. */
function isArithmetic(text: string, from: number): boolean {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")") {
      if (depth === 0) return text[at + 1] === ")";
      depth--;
    }
  }
  return false;
}

function readArithmetic(reader: Reader, quoted: boolean): WordPart {
  const at = reader.at;
  let depth = 0;
  let end = at + 3;
  for (; depth > 0 || reader.text[end] !== ")"; end++) {
    if (reader.text[end] === "(") depth++;
    else if (reader.text[end] === ")") depth--;
  }
  reader.at = end + 2;
  return { kind: "arithmetic", text: reader.text.slice(at + 3, end), quoted, at };
}

/** `$'…'`, of which only the escapes that plans use are understood; others stay as they are. */
function readAnsi(reader: Reader, parts: WordPart[]): void {
  const escapes: Readonly<Record<string, string>> = {
    n: "\n",
    t: "\t",
    r: "\r",
    "\\": "\\",
    "'": "'",
    '"': '"',
  };
  const start = reader.at;
  reader.at += 2;
  add(parts, "", true);
  for (;;) {
    const character = reader.text[reader.at];
    if (character === undefined) fail(reader, start, "a single quote is not closed");
    reader.at++;
    if (character === "'") return;
    if (character !== "\\") {
      add(parts, character, true);
      continue;
    }
    const next = reader.text[reader.at] ?? "";
    add(parts, escapes[next] ?? `\\${next}`, true);
    reader.at++;
  }
}

/** `${…}`: the name and what stands behind it; expansions inside of that are found, too. */
function readBraced(reader: Reader, quoted: boolean): WordPart {
  const { text } = reader;
  const at = reader.at;
  let cursor = at + 2;
  let prefix = "";
  const first = text[cursor] ?? "";
  const second = text[cursor + 1] ?? "";
  if (
    (first === "#" || first === "!") &&
    second !== "}" &&
    (isNameStart(second) || "0123456789@*".includes(second))
  ) {
    prefix = first;
    cursor++;
  }
  const start = cursor;
  if (isNameStart(text[cursor] ?? "")) while (isNameCharacter(text[cursor] ?? "")) cursor++;
  else cursor++;
  const name = text.slice(start, cursor);
  const restStart = cursor;
  let inDouble = false;
  for (; ; cursor++) {
    const character = text[cursor];
    if (character === undefined) fail(reader, at, "`${` is not closed");
    if (character === "\\") cursor++;
    else if (character === '"') inDouble = !inDouble;
    else if (character === "'" && !quoted && !inDouble) {
      const end = text.indexOf("'", cursor + 1);
      if (end < 0) fail(reader, cursor, "a single quote is not closed");
      cursor = end;
    } else if (character === "$" && text[cursor + 1] === "{") {
      const inner = { ...reader, at: cursor };
      nested(inner, cursor, () => readBraced(inner, true));
      cursor = inner.at - 1;
    } else if (character === "$" && text[cursor + 1] === "(") {
      const inner = { ...reader, at: cursor };
      if (text[cursor + 2] === "(" && isArithmetic(text, cursor + 3)) readArithmetic(inner, true);
      else readSubstitution(inner, cursor, 2, true);
      cursor = inner.at - 1;
    } else if (character === "}" && !inDouble) break;
  }
  reader.at = cursor + 1;
  return { kind: "variable", name, prefix, rest: text.slice(restStart, cursor), quoted, at };
}

/** A substitution that begins at `at` with `length` characters and ends with `)`. */
function readSubstitution(reader: Reader, at: number, length: number, quoted: boolean): WordPart {
  reader.at = at + length;
  const body = nested(reader, at, () => reader.readCommands(reader, ")"));
  if (reader.text[reader.at] !== ")") fail(reader, at, "a command substitution is not closed");
  reader.at++;
  return { kind: "command", body, quoted, at };
}

/** A back-quoted command. Its text is unescaped before it is read, so places inside it are those of the quote. */
function readBackquoted(reader: Reader, quoted: boolean): WordPart {
  const { text } = reader;
  const at = reader.at;
  let inner = "";
  for (reader.at++; ; reader.at++) {
    const character = text[reader.at];
    if (character === undefined) fail(reader, at, "a back quote is not closed");
    if (character === "`") break;
    if (character === "\\" && "`\\$".includes(text[reader.at + 1] ?? " ")) reader.at++;
    inner += text[reader.at];
  }
  reader.at++;
  const body = nested(reader, at, () => {
    const sub: Reader = { ...reader, text: inner, at: 0, pending: [], comments: [] };
    return sub.readCommands(sub, undefined);
  });
  return { kind: "command", body, quoted, at };
}
