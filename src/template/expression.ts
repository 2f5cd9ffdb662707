// What stands inside the braces: paths, literals, sub-expressions, arguments (reference/services.md §20, "Literals" to
// "Block params").
import { parseJson } from "../toml/index.ts";
import type { Call, Expression, Literal, Path, Segment } from "./ast.ts";
import { type Cursor, found, match, nested, skipBlanks, syntaxError, take } from "./cursor.ts";
import type { TemplateData } from "./data.ts";
import { HELPERS } from "./helpers/index.ts";

/** One or more characters of a name. */
const NAME = /[A-Za-z0-9\-_$:\u0080-\uffff]+/y;
const HASH_KEY = /[A-Za-z0-9\-_$:\u0080-\uffff]+[ \t\r\n]*=/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:E-?\d+)?(?![A-Za-z0-9\-_$:\u0080-\uffff./])/y;
const WORD = /(?:true|false|null)(?![A-Za-z0-9\-_$:\u0080-\uffff./])/y;
const BLOCK_PARAMS = /as[ \t\r\n]*\|[ \t\r\n]*/y;

export function readName(cursor: Cursor): string | undefined {
  return match(cursor, NAME);
}

/** `name args`, a path alone, or `(…)`: the inside of a tag that prints. */
export function readValue(cursor: Cursor): Expression {
  if (cursor.source[cursor.at] === "(") return readSubExpression(cursor);
  const start = cursor.at;
  const path = readPath(cursor);
  const helper = HELPERS.get(path.raw);
  skipBlanks(cursor);
  if (isTagEnd(cursor)) {
    return helper === undefined ? path : call(path.raw, { params: [], hash: [], blockParams: [] });
  }
  // Only a single name can take arguments.
  cursor.at = start;
  const name = readName(cursor);
  if (name !== path.raw) {
    cursor.at = start + path.raw.length;
    skipBlanks(cursor);
    syntaxError(cursor, cursor.at, `expected the end of the tag, found ${found(cursor)}`);
  }
  return call(name, readArguments(cursor, false));
}

/** `name args as |…|`: the inside of a tag that opens a block. */
export function readBlockCall(cursor: Cursor): Call {
  const name = readName(cursor);
  if (name === undefined)
    syntaxError(cursor, cursor.at, `expected the name of a helper, found ${found(cursor)}`);
  return call(name, readArguments(cursor, true));
}

export interface Arguments {
  readonly params: readonly Expression[];
  readonly hash: readonly (readonly [string, Expression])[];
  readonly blockParams: readonly string[];
}

/** Arguments up to the end of the tag or sub-expression. */
export function readArguments(cursor: Cursor, mayNameBlockParams: boolean): Arguments {
  const params: Expression[] = [];
  const hash: [string, Expression][] = [];
  for (;;) {
    skipBlanks(cursor);
    if (isTagEnd(cursor)) return { params, hash, blockParams: [] };
    if (mayNameBlockParams && match(cursor, BLOCK_PARAMS) !== undefined) {
      return { params, hash, blockParams: readBlockParams(cursor) };
    }
    const key = match(cursor, HASH_KEY);
    if (key !== undefined) {
      skipBlanks(cursor);
      hash.push([key.slice(0, -1).trimEnd(), readParam(cursor)]);
    } else {
      params.push(readParam(cursor));
    }
  }
}

function readBlockParams(cursor: Cursor): string[] {
  const names: string[] = [];
  while (!take(cursor, "|")) {
    const name = readName(cursor);
    if (name === undefined) {
      syntaxError(cursor, cursor.at, `expected a name or \`|\`, found ${found(cursor)}`);
    }
    names.push(name);
    skipBlanks(cursor);
  }
  skipBlanks(cursor);
  return names;
}

function call(name: string, args: Arguments): Call {
  return { kind: "call", name, helper: HELPERS.get(name), ...args };
}

/** Whether here is `}`, `~` or `)`: whatever it is, arguments end. */
function isTagEnd(cursor: Cursor): boolean {
  const code = cursor.source.charCodeAt(cursor.at);
  return code === 0x7d || code === 0x7e || code === 0x29;
}

export function readSubExpression(cursor: Cursor): Expression {
  const start = cursor.at++;
  return nested(cursor, () => {
    skipBlanks(cursor);
    const inner = readBlockCall(cursor);
    if (!take(cursor, ")")) syntaxError(cursor, start, "this sub-expression is not closed with `)`");
    return { ...inner, blockParams: [] };
  });
}

/** One argument. */
export function readParam(cursor: Cursor): Expression {
  const { source, at } = cursor;
  switch (source[at]) {
    case "(":
      return readSubExpression(cursor);
    case '"':
    case "'":
      return readString(cursor);
    case "{": {
      const literal = readJson(cursor, jsonEnd(source, at));
      if (literal === undefined) syntaxError(cursor, at, "this is not a JSON object");
      return literal;
    }
    case "[": {
      // `[0]` is an array; what is not JSON, as `[some key]`, is a segment of a path.
      const literal = readJson(cursor, jsonEnd(source, at));
      return literal ?? readPath(cursor);
    }
  }
  const number = match(cursor, NUMBER) ?? match(cursor, WORD);
  if (number === undefined) return readPath(cursor);
  const end = cursor.at;
  cursor.at = at;
  const literal = readJson(cursor, end);
  if (literal === undefined) syntaxError(cursor, at, `\`${number}\` is not a number`);
  return literal;
}

/** A JSON literal from the cursor to `end`; the cursor moves only when it is one. */
function readJson(cursor: Cursor, end: number): Literal | undefined {
  if (end < 0) return undefined;
  try {
    const value = parseJson(cursor.source.slice(cursor.at, end), { source: cursor.name }) as TemplateData;
    cursor.at = end;
    return { kind: "literal", value };
  } catch {
    // Whatever the JSON reader has against it, the caller says so in terms of templates.
    return undefined;
  }
}

/** Offset past the bracket that closes the one at `at`, or -1. */
function jsonEnd(source: string, at: number): number {
  let depth = 0;
  for (let index = at; index < source.length; index++) {
    const character = source[index];
    if (character === '"') {
      while (++index < source.length && source[index] !== '"') if (source[index] === "\\") index++;
    } else if (character === "[" || character === "{") {
      depth++;
    } else if ((character === "]" || character === "}") && --depth === 0) {
      return index + 1;
    }
  }
  return -1;
}

function readString(cursor: Cursor): Literal {
  const { source, at } = cursor;
  const mark = source[at] as string;
  let end = at + 1;
  while (end < source.length && source[end] !== mark) end += source[end] === "\\" ? 2 : 1;
  if (end >= source.length) syntaxError(cursor, at, `this string is not closed with \`${mark}\``);
  let body = source.slice(at + 1, end);
  // In single quotes the JSON escapes hold, `\'` too, and a double quote needs none.
  if (mark === "'")
    body = body.replace(/\\'|\\.|"/gs, (part) => (part === "\\'" ? "'" : part === '"' ? '\\"' : part));
  try {
    const value = parseJson(`"${body}"`, { source: cursor.name }) as string;
    cursor.at = end + 1;
    return { kind: "literal", value };
  } catch {
    // The JSON reader's own words would point into the string, not into the template.
    const hint = /[\n\r]/.test(body)
      ? "a string ends on its line; write a line break as `\\n`"
      : "this string has an escape that JSON does not know, or a control character";
    syntaxError(cursor, at, hint);
  }
}

/** A path: `a.b`, `a/b`, `../a`, `./a`, `@index`, `@../index`, `a.[any text]`. */
export function readPath(cursor: Cursor): Path {
  const { source } = cursor;
  const start = cursor.at;
  const local = take(cursor, "@");
  let up = 0;
  while (take(cursor, "../")) up++;
  if (!local) take(cursor, "./");
  const segments: Segment[] = [];
  for (;;) {
    const segment = readSegment(cursor);
    if (segment === undefined) {
      const expected = cursor.at === start ? "a name, a path or a sub-expression" : "a name";
      syntaxError(cursor, cursor.at, `expected ${expected}, found ${found(cursor)}`);
    }
    if (segment !== "this")
      segments.push({ name: segment.replace(/^\[|\]$/g, ""), index: arrayIndex(segment) });
    const separator = source[cursor.at];
    if (separator !== "." && separator !== "/") break;
    cursor.at++;
  }
  return { kind: "path", raw: source.slice(start, cursor.at), local, up, segments };
}

/** A segment as written, with its brackets. */
function readSegment(cursor: Cursor): string | undefined {
  if (cursor.source[cursor.at] !== "[") return readName(cursor);
  const end = cursor.source.indexOf("]", cursor.at);
  if (end < 0) syntaxError(cursor, cursor.at, "this segment is not closed with `]`");
  const segment = cursor.source.slice(cursor.at, end + 1);
  cursor.at = end + 1;
  return segment;
}

function arrayIndex(segment: string): number {
  const name = segment.replace(/^\[|\]$/g, "");
  return /^\d{1,15}$/.test(name) ? Number(name) : -1;
}
