// A position in a template's source, and errors that name template, line and column.
import { HabError } from "../error/index.ts";
import { templateErrors } from "./errors.ts";
import { MAX_NESTING } from "./limits.ts";

export interface Cursor {
  readonly name: string;
  readonly source: string;
  at: number;
  depth: number;
}

/** Line and column (in code points), both from 1. */
export function position(source: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let next = source.indexOf("\n"); next >= 0 && next < at; next = source.indexOf("\n", next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: [...source.slice(start, at)].length + 1 };
}

/** Throws a syntax error at an offset, with a hint that says what is wrong. */
export function syntaxError(cursor: Cursor, at: number, hint: string): never {
  const { line, column } = position(cursor.source, at);
  throw new HabError(
    templateErrors.syntax,
    `template ${cursor.name}: line ${line}, column ${column}: ${hint}`,
  );
}

/** Runs one level deeper. */
export function nested<T>(cursor: Cursor, run: () => T): T {
  if (++cursor.depth > MAX_NESTING) {
    const { line, column } = position(cursor.source, cursor.at);
    throw new HabError(
      templateErrors.limit,
      `template ${cursor.name}: line ${line}, column ${column}: nested more than ${MAX_NESTING} levels deep`,
    );
  }
  const result = run();
  cursor.depth--;
  return result;
}

/** The character at the cursor as a message shows it. */
export function found(cursor: Cursor, at = cursor.at): string {
  const code = cursor.source.codePointAt(at);
  if (code === undefined) return "the end of the template";
  return code === 10 || code === 13 ? "the end of the line" : `\`${String.fromCodePoint(code)}\``;
}

export function skipBlanks(cursor: Cursor): void {
  for (;;) {
    const code = cursor.source.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return;
    cursor.at++;
  }
}

/** Moves past `text` if it stands here. */
export function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

/** Matches a sticky expression here and moves past it. */
export function match(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const result = pattern.exec(cursor.source);
  if (result === null) return undefined;
  cursor.at = pattern.lastIndex;
  return result[0];
}
