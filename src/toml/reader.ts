// A position in a text, shared by the TOML and the JSON reader, and errors that name file, line and column.
import { type ErrorKind, HabError } from "../error/index.ts";
import { tomlErrors } from "./errors.ts";
import { MAX_DEPTH, MAX_TEXT_BYTES } from "./limits.ts";

export interface Reader {
  readonly text: string;
  /** What the text is, for messages: a path or a variable's name. */
  readonly source: string;
  readonly kind: ErrorKind;
  at: number;
  depth: number;
}

/** Where the text comes from, and a limit other than the usual. */
export interface ParseOptions {
  /** A path, or what stands for one in a message. */
  readonly source: string;
  readonly maxBytes?: number;
}

/** Opens a text, refusing what is too large or not UTF-8. A leading byte order mark is skipped. */
export function openReader(input: string | Uint8Array, options: ParseOptions, kind: ErrorKind): Reader {
  const limit = options.maxBytes ?? MAX_TEXT_BYTES;
  const bytes = typeof input === "string" ? Buffer.byteLength(input) : input.byteLength;
  if (bytes > limit) {
    throw new HabError(
      tomlErrors.tooLarge,
      `${options.source} is ${bytes} bytes, more than the ${limit} allowed`,
    );
  }
  const text = typeof input === "string" ? input : decodeUtf8(input, options.source, kind);
  const at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return { text, source: options.source, kind, at, depth: 0 };
}

function decodeUtf8(input: Uint8Array, source: string, kind: ErrorKind): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(input);
  } catch (cause) {
    throw new HabError(kind, `cannot read ${source}: it is not UTF-8 text`, { cause });
  }
}

/** Throws the error of this reader at a position (of the text as UTF-16), with a hint that says what is wrong. */
export function fail(reader: Reader, at: number, hint: string): never {
  const { line, column } = lineAndColumn(reader.text, at);
  throw new HabError(reader.kind, `cannot read ${reader.source}: line ${line}, column ${column}: ${hint}`);
}

/** Line and column (in code points), both from 1. A byte order mark takes no column. */
export function lineAndColumn(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < at; next = text.indexOf("\n", next + 1)) {
    line++;
    start = next + 1;
  }
  return { line, column: [...text.slice(start, at)].length + 1 };
}

/** One level of nesting deeper; the caller takes it back when it leaves. */
export function descend(reader: Reader, levels = 1): void {
  reader.depth += levels;
  if (reader.depth > MAX_DEPTH) {
    const { line, column } = lineAndColumn(reader.text, reader.at);
    throw new HabError(
      tomlErrors.tooLarge,
      `cannot read ${reader.source}: line ${line}, column ${column}: nested more than ${MAX_DEPTH} levels deep`,
    );
  }
}

/** A piece of the text to quote in a message. */
export function quote(reader: Reader, at: number): string {
  const code = reader.text.codePointAt(at);
  if (code === undefined) return "the end of the text";
  if (code === 10 || code === 13) return "the end of the line";
  return code < 32 || code === 127
    ? `the control character U+${code.toString(16).toUpperCase().padStart(4, "0")}`
    : `\`${String.fromCodePoint(code)}\``;
}
