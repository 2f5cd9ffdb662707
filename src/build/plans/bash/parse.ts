// A bash script → its commands (bash manual, "Shell Commands"). `bash -n` is the judge of what is right; this reader takes
// what bash takes and need not notice all that bash refuses.
import { fail, isNameCharacter, isNameStart, nested, type Reader, SyntaxProblem } from "./reader.ts";
import type {
  ArrayItem,
  Assignment,
  Command,
  Comment,
  Script,
  SimpleCommand,
  Word,
  WordPart,
} from "./syntax.ts";
import { literal } from "./syntax.ts";
import { readQuoted, readWord } from "./words.ts";

/** Words that end the list of commands before them. */
const CLOSING_WORDS = new Set(["then", "do", "done", "fi", "elif", "else", "esac", "}"]);
const DECLARING = new Set(["declare", "typeset", "export", "local", "readonly"]);

/** Reads a whole script. Never throws: where it gave up is `problem`, and what stands before is there. */
export function parseScript(text: string): Script {
  const comments: Comment[] = [];
  const reader: Reader = { text, at: 0, depth: 0, pending: [], comments, readCommands };
  try {
    return { text, commands: readCommands(reader, undefined), comments, problem: undefined };
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const commands = TOP_LEVEL.get(reader) ?? [];
    return { text, commands, comments, problem: { at: error.at, message: error.message } };
  }
}

/** One text as if it stood in double quotes: what is put into it, taken apart. */
export function parseQuotedText(text: string): Word {
  const reader: Reader = { text, at: 0, depth: 1, pending: [], comments: [], readCommands };
  const parts: WordPart[] = [];
  try {
    readQuoted(reader, parts, undefined);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
  }
  return { parts, at: 0, end: text.length };
}

/** The list being filled for a reader at its top level, so that it survives a problem further on. */
const TOP_LEVEL = new WeakMap<Reader, Command[]>();

function readCommands(reader: Reader, end: ")" | undefined): Command[] {
  const commands: Command[] = [];
  if (reader.depth === 0) TOP_LEVEL.set(reader, commands);
  for (;;) {
    skipSeparators(reader);
    if (reader.at >= reader.text.length) return commands;
    const character = reader.text[reader.at];
    if (character === ")" || CLOSING_WORDS.has(peekWord(reader)) || isCaseEnd(reader)) {
      if (end === undefined && reader.depth === 0) fail(reader, reader.at, `\`${character}\` closes nothing`);
      return commands;
    }
    commands.push(readList(reader));
  }
}

/** `;;`, `;&` or `;;&` behind an arm of `case`. */
function isCaseEnd(reader: Reader): boolean {
  return reader.text.startsWith(";;", reader.at) || reader.text.startsWith(";&", reader.at);
}

/** Blanks, comments, line breaks and `;` or `&` between commands; bodies of here-documents at line breaks. */
function skipSeparators(reader: Reader): void {
  for (;;) {
    skipBlanks(reader);
    const character = reader.text[reader.at];
    if (character === "\n") readLineBreak(reader);
    else if (
      (character === ";" && reader.text[reader.at + 1] !== ";" && reader.text[reader.at + 1] !== "&") ||
      character === "&"
    )
      reader.at++;
    else return;
  }
}

function skipBlanks(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    const character = text[reader.at];
    if (character === " " || character === "\t" || character === "\r") reader.at++;
    else if (character === "\\" && text[reader.at + 1] === "\n") reader.at += 2;
    else if (character === "#") {
      const end = text.indexOf("\n", reader.at);
      const stop = end < 0 ? text.length : end;
      reader.comments.push({ text: text.slice(reader.at + 1, stop), at: reader.at });
      reader.at = stop;
    } else return;
  }
}

function skipLines(reader: Reader): void {
  for (skipBlanks(reader); reader.text[reader.at] === "\n"; skipBlanks(reader)) readLineBreak(reader);
}

function readLineBreak(reader: Reader): void {
  reader.at++;
  const { text } = reader;
  for (const { delimiter, literal: isLiteral, stripTabs, parts } of reader.pending.splice(0)) {
    const start = reader.at;
    let end = text.length;
    let next = text.length;
    for (let at = start; at < text.length; ) {
      const found = text.indexOf("\n", at);
      const stop = found < 0 ? text.length : found;
      const line = text.slice(at, stop);
      if ((stripTabs ? line.replace(/^\t+/, "") : line) === delimiter) {
        end = at;
        next = Math.min(stop + 1, text.length);
        break;
      }
      at = stop + 1;
    }
    if (isLiteral) parts.push({ kind: "text", text: text.slice(start, end), quoted: true });
    else {
      // Read in place, so that what it refers to has its line.
      const body: Reader = { ...reader, text: text.slice(0, end), at: start };
      readQuoted(body, parts, undefined);
    }
    reader.at = next;
  }
}

/** The plain characters ahead, without reading them. */
function peekWord(reader: Reader): string {
  const found = /[^\s;&|<>()"'`$\\]*/y;
  found.lastIndex = reader.at;
  const word = found.exec(reader.text)?.[0] ?? "";
  const after = reader.text[reader.at + word.length] ?? "";
  return "\"'`$\\".includes(after) && after !== "" ? "" : word;
}

/** `a && b || c`. */
function readList(reader: Reader): Command {
  let left = readPipeline(reader);
  for (;;) {
    skipBlanks(reader);
    const operator = reader.text.slice(reader.at, reader.at + 2);
    if (operator !== "&&" && operator !== "||") return left;
    reader.at += 2;
    skipLines(reader);
    const right = readPipeline(reader);
    left = { kind: operator === "&&" ? "and" : "or", left, right, at: left.at, end: right.end };
  }
}

function readPipeline(reader: Reader): Command {
  skipBlanks(reader);
  const at = reader.at;
  let negated = false;
  for (;;) {
    const word = peekWord(reader);
    if (word !== "!" && word !== "time") break;
    if (word === "!") negated = !negated;
    reader.at += word.length;
    skipBlanks(reader);
  }
  const commands = [readCommand(reader)];
  for (;;) {
    skipBlanks(reader);
    const { text } = reader;
    if (text[reader.at] !== "|" || text[reader.at + 1] === "|") break;
    reader.at += text[reader.at + 1] === "&" ? 2 : 1;
    skipLines(reader);
    commands.push(readCommand(reader));
  }
  const [only] = commands;
  if (commands.length === 1 && only !== undefined && !negated) return only;
  return { kind: "pipeline", negated, commands, at, end: reader.at };
}

function readCommand(reader: Reader): Command {
  const at = reader.at;
  const { text } = reader;
  return nested(reader, at, (): Command => {
    if (text.startsWith("((", at)) {
      const arithmetic = readArithmeticCommand(reader);
      if (arithmetic !== undefined) return arithmetic;
    }
    if (text[at] === "(") {
      reader.at++;
      const body = readCommands(reader, ")");
      expect(reader, ")", at, "a parenthesis");
      return { kind: "subshell", body, redirected: readRedirections(reader), at, end: reader.at };
    }
    const word = peekWord(reader);
    switch (word) {
      case "{": {
        reader.at++;
        const body = readCommands(reader, undefined);
        expectWord(reader, "}", at, "a brace");
        return { kind: "group", body, redirected: readRedirections(reader), at, end: reader.at };
      }
      case "if":
        return readIf(reader);
      case "while":
      case "until":
        return readWhile(reader, word);
      case "for":
      case "select":
        return readFor(reader, word);
      case "case":
        return readCase(reader);
      case "[[":
        return readTest(reader);
      case "function":
        return readFunction(reader);
      default:
        return readSimple(reader);
    }
  });
}

function expect(reader: Reader, character: string, start: number, what: string): void {
  if (reader.text[reader.at] !== character) fail(reader, start, `${what} is not closed`);
  reader.at += character.length;
}

function expectWord(reader: Reader, word: string, start: number, what: string): void {
  skipSeparators(reader);
  if (peekWord(reader) !== word) fail(reader, start, `${what} is not closed: \`${word}\` is missing`);
  reader.at += word.length;
}

/** `((…))`, or undefined when it is a subshell in a subshell. */
function readArithmeticCommand(reader: Reader): Command | undefined {
  const at = reader.at;
  let depth = 0;
  for (let end = at + 2; end < reader.text.length; end++) {
    const character = reader.text[end];
    if (character === "(") depth++;
    else if (character === ")") {
      if (depth > 0) depth--;
      else if (reader.text[end + 1] === ")") {
        reader.at = end + 2;
        return { kind: "arithmetic", text: reader.text.slice(at + 2, end), at, end: reader.at };
      } else return undefined;
    }
  }
  return undefined;
}

function readIf(reader: Reader): Command {
  const at = reader.at;
  const clauses: { test: Command[]; body: Command[] }[] = [];
  let otherwise: Command[] | undefined;
  reader.at += 2;
  for (;;) {
    const test = readCommands(reader, undefined);
    expectWord(reader, "then", at, "`if`");
    clauses.push({ test, body: readCommands(reader, undefined) });
    const word = peekWord(reader);
    if (word === "elif") {
      reader.at += 4;
      continue;
    }
    if (word === "else") {
      reader.at += 4;
      otherwise = readCommands(reader, undefined);
    }
    expectWord(reader, "fi", at, "`if`");
    return { kind: "if", clauses, otherwise, redirected: readRedirections(reader), at, end: reader.at };
  }
}

function readWhile(reader: Reader, word: string): Command {
  const at = reader.at;
  reader.at += word.length;
  const test = readCommands(reader, undefined);
  expectWord(reader, "do", at, `\`${word}\``);
  const body = readCommands(reader, undefined);
  expectWord(reader, "done", at, `\`${word}\``);
  const redirected = readRedirections(reader);
  return { kind: "loop", variable: undefined, words: undefined, test, body, redirected, at, end: reader.at };
}

function readFor(reader: Reader, word: string): Command {
  const at = reader.at;
  reader.at += word.length;
  skipBlanks(reader);
  let variable: string | undefined;
  let words: Word[] | undefined;
  if (reader.text.startsWith("((", reader.at)) readArithmeticCommand(reader);
  else {
    variable = literal(readWord(reader));
    skipLines(reader);
    if (peekWord(reader) === "in") {
      reader.at += 2;
      words = readWords(reader);
    }
  }
  skipSeparators(reader);
  const [open, close] = peekWord(reader) === "{" ? ["{", "}"] : ["do", "done"];
  expectWord(reader, open, at, `\`${word}\``);
  const body = readCommands(reader, undefined);
  expectWord(reader, close, at, `\`${word}\``);
  const redirected = readRedirections(reader);
  return { kind: "loop", variable, words, test: [], body, redirected, at, end: reader.at };
}

function readWords(reader: Reader): Word[] {
  const words: Word[] = [];
  for (;;) {
    skipBlanks(reader);
    const word = readWord(reader);
    if (word.parts.length === 0) return words;
    words.push(word);
  }
}

function readCase(reader: Reader): Command {
  const at = reader.at;
  reader.at += 4;
  skipBlanks(reader);
  const subject = readWord(reader);
  skipLines(reader);
  if (peekWord(reader) !== "in") fail(reader, at, "`case` has no `in`");
  reader.at += 2;
  const arms: { patterns: Word[]; body: Command[] }[] = [];
  for (;;) {
    skipSeparators(reader);
    if (peekWord(reader) === "esac") break;
    if (reader.at >= reader.text.length) fail(reader, at, "`case` is not closed: `esac` is missing");
    if (reader.text[reader.at] === "(") reader.at++;
    const patterns: Word[] = [];
    for (;;) {
      skipBlanks(reader);
      const pattern = readWord(reader);
      if (pattern.parts.length === 0) fail(reader, reader.at, "a pattern of `case` is missing");
      patterns.push(pattern);
      skipBlanks(reader);
      if (reader.text[reader.at] !== "|") break;
      reader.at++;
    }
    expect(reader, ")", at, "a pattern of `case`");
    arms.push({ patterns, body: readCommands(reader, undefined) });
    const ending = /;;&|;;|;&/y;
    ending.lastIndex = reader.at;
    reader.at += ending.exec(reader.text)?.[0].length ?? 0;
  }
  reader.at += 4;
  return { kind: "case", subject, arms, redirected: readRedirections(reader), at, end: reader.at };
}

/** `[[ … ]]`; after `=~` and `==` parentheses and `|` belong to the pattern. */
function readTest(reader: Reader): Command {
  const at = reader.at;
  const words: Word[] = [];
  reader.at += 2;
  let pattern = false;
  for (;;) {
    skipLines(reader);
    const start = reader.at;
    const operator = /\|\||&&|[()<>|&;]/y;
    operator.lastIndex = start;
    const found = pattern ? undefined : operator.exec(reader.text)?.[0];
    if (found !== undefined) {
      reader.at += found.length;
      words.push({ parts: [{ kind: "text", text: found, quoted: false }], at: start, end: reader.at });
      continue;
    }
    const word = readWord(reader, pattern);
    if (word.parts.length === 0) fail(reader, at, "`[[` is not closed: `]]` is missing");
    const text = literal(word);
    if (text === "]]") return { kind: "test", words, at, end: reader.at };
    words.push(word);
    pattern = text === "=~";
  }
}

function readFunction(reader: Reader): Command {
  const at = reader.at;
  reader.at += "function".length;
  skipBlanks(reader);
  const name = literal(readWord(reader)) ?? "";
  skipBlanks(reader);
  if (reader.text[reader.at] === "(") {
    reader.at++;
    skipBlanks(reader);
    expect(reader, ")", at, "a parenthesis");
  }
  return functionBody(reader, name, at);
}

function functionBody(reader: Reader, name: string, at: number): Command {
  skipLines(reader);
  const body = readCommand(reader);
  return { kind: "function", name, body, at, end: reader.at };
}

function readSimple(reader: Reader): Command {
  const at = reader.at;
  const assignments: Assignment[] = [];
  const declared: Assignment[] = [];
  const words: Word[] = [];
  const redirected: Word[] = [];
  for (;;) {
    skipBlanks(reader);
    const redirection = readRedirection(reader);
    if (redirection !== undefined) {
      redirected.push(...redirection);
      continue;
    }
    const declares = DECLARING.has(literal(words[0]) ?? "");
    const assignment = words.length === 0 || declares ? readAssignment(reader) : undefined;
    if (assignment !== undefined) {
      (words.length === 0 ? assignments : declared).push(assignment);
      continue;
    }
    const word = readWord(reader);
    if (word.parts.length === 0) break;
    words.push(word);
    if (words.length === 1 && assignments.length === 0 && isFunctionHead(reader)) {
      return functionBody(reader, literal(word) ?? "", at);
    }
  }
  if (reader.at === at) fail(reader, at, `\`${reader.text[at]}\` is not expected here`);
  const command: SimpleCommand = {
    kind: "simple",
    assignments,
    words,
    declared,
    redirected,
    at,
    end: reader.at,
  };
  return command;
}

/** Takes the `()` behind a function's name. */
function isFunctionHead(reader: Reader): boolean {
  const head = /[ \t]*\([ \t]*\)/y;
  head.lastIndex = reader.at;
  const found = head.exec(reader.text)?.[0];
  if (found === undefined) return false;
  reader.at += found.length;
  return true;
}

function readAssignment(reader: Reader): Assignment | undefined {
  const { text } = reader;
  const at = reader.at;
  if (!isNameStart(text[at] ?? "")) return undefined;
  let cursor = at + 1;
  while (isNameCharacter(text[cursor] ?? "")) cursor++;
  const name = text.slice(at, cursor);
  let index: string | undefined;
  if (text[cursor] === "[") {
    const end = text.indexOf("]", cursor);
    if (end < 0 || !/^\]\+?=/.test(text.slice(end, end + 3))) return undefined;
    index = text.slice(cursor + 1, end);
    cursor = end + 1;
  }
  const append = text.startsWith("+=", cursor);
  if (!append && text[cursor] !== "=") return undefined;
  reader.at = cursor + (append ? 2 : 1);
  if (text[reader.at] === "(" && index === undefined)
    return { name, at, append, index, value: readArray(reader) };
  return { name, at, append, index, value: readWord(reader) };
}

function readArray(reader: Reader): ArrayItem[] {
  const start = reader.at;
  const items: ArrayItem[] = [];
  reader.at++;
  for (;;) {
    skipLines(reader);
    if (reader.text[reader.at] === ")") break;
    const key = readKey(reader);
    const value = readWord(reader);
    if (key === undefined && value.parts.length === 0) fail(reader, start, "an array is not closed");
    items.push({ key, value });
  }
  reader.at++;
  return items;
}

/** `[key]=` in front of an item. */
function readKey(reader: Reader): Word | undefined {
  if (reader.text[reader.at] !== "[") return undefined;
  const end = reader.text.indexOf("]", reader.at);
  const after = /\]\+?=/y;
  after.lastIndex = end;
  const found = end < 0 ? undefined : after.exec(reader.text)?.[0];
  if (found === undefined) return undefined;
  const inner: Reader = { ...reader, text: reader.text.slice(0, end), at: reader.at + 1 };
  const parts: WordPart[] = [];
  const at = inner.at;
  while (inner.at < end) {
    const word = readWord(inner);
    parts.push(...word.parts);
    if (inner.at < end) parts.push({ kind: "text", text: inner.text[inner.at++] ?? "", quoted: false });
  }
  reader.at = end + found.length;
  return { parts, at, end };
}

function readRedirections(reader: Reader): Word[] {
  const words: Word[] = [];
  for (;;) {
    skipBlanks(reader);
    const found = readRedirection(reader);
    if (found === undefined) return words;
    words.push(...found);
  }
}

/** A redirection and the word it leads to; undefined when none stands here. */
function readRedirection(reader: Reader): Word[] | undefined {
  const { text } = reader;
  const operator =
    /(?:[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\})?(<<<|<<-|<<|<>|<&|>>|>&|>\||&>>|&>|<(?!\()|>(?!\())/y;
  operator.lastIndex = reader.at;
  const found = operator.exec(text);
  if (found === null) return undefined;
  reader.at += found[0].length;
  skipBlanks(reader);
  const kind = found[1];
  const word = readWord(reader);
  if (kind !== "<<" && kind !== "<<-") return [word];
  const parts: WordPart[] = [];
  reader.pending.push({
    delimiter: word.parts
      .map((part) => (part.kind === "text" ? part.text : text.slice(word.at, word.end)))
      .join(""),
    literal: word.parts.some((part) => part.kind === "text" && part.quoted),
    stripTabs: kind === "<<-",
    parts,
  });
  return [{ parts, at: word.at, end: word.end }];
}
