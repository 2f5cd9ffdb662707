// A bash script → its commands (bash manual, "Shell Commands"). `bash -n` is the judge of what is right; this reader takes
// what bash takes and need not notice all that bash refuses.
import { readAssignment, readRedirection, readRedirections } from "./assignments.ts";
import { readLineBreak, skipBlanks, skipLines } from "./blanks.ts";
import { fail, nested, type Reader, SyntaxProblem } from "./reader.ts";
import type { Assignment, Command, Comment, Script, SimpleCommand, Word, WordPart } from "./syntax.ts";
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
