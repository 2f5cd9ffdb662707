// TOML 1.1 texts → tables (https://toml.io/en/v1.1.0; what the original accepts: reference/services.md, and the vectors
// in test/conformance/templates/inputs.json). Why this is not smol-toml: docs/decisions/0010-toml.md.
import { tomlErrors } from "./errors.ts";
import { descend, fail, openReader, type ParseOptions, quote, type Reader } from "./reader.ts";
import { isBareKey, readScalar, readString } from "./scalar.ts";
import { isTable, type TomlTable, type TomlValue } from "./value.ts";

/** How a table came to be, which decides what may still be added to it. Tables not listed were written inline. */
type Origin = "header" | "implied" | "dotted";

interface Document {
  readonly reader: Reader;
  readonly root: TomlTable;
  readonly origins: Map<TomlTable, Origin>;
  /** Arrays that `[[x]]` made: only these grow. */
  readonly growing: Set<TomlValue[]>;
}

/**
 * Parses a TOML text. Key order is that of the text.
 * @throws HAB-TOML-001 with the source, line and column; HAB-TOML-002 when it is too large or too deep.
 */
export function parseToml(input: string | Uint8Array, options: ParseOptions): TomlTable {
  const reader = openReader(input, options, tomlErrors.syntax);
  const root: TomlTable = new Map();
  const document: Document = { reader, root, origins: new Map([[root, "header"]]), growing: new Set() };
  let table = root;
  let tableDepth = 0;
  for (;;) {
    skipTrivia(reader);
    if (reader.at >= reader.text.length) return root;
    if (reader.text.charCodeAt(reader.at) === 0x5b) {
      reader.depth = 0;
      table = readHeader(document);
      tableDepth = reader.depth;
    } else {
      reader.depth = tableDepth;
      readKeyValue(document, table, document.origins);
    }
    endOfLine(reader);
  }
}

/** `[a.b]` or `[[a.b]]`: the table that the following lines fill. */
function readHeader(document: Document): TomlTable {
  const { reader } = document;
  const isArray = reader.text.charCodeAt(reader.at + 1) === 0x5b;
  reader.at += isArray ? 2 : 1;
  const start = reader.at;
  const path = readKey(reader);
  const close = isArray ? "]]" : "]";
  if (!reader.text.startsWith(close, reader.at)) {
    fail(reader, reader.at, `a table header ends with \`${close}\`, found ${quote(reader, reader.at)}`);
  }
  reader.at += close.length;
  descend(reader, path.length);
  const parent = walk(document, document.origins, document.root, path, "implied", start);
  const key = path[path.length - 1] as string;
  const existing = parent.get(key);
  const table: TomlTable = new Map();
  document.origins.set(table, "header");
  if (isArray) {
    if (existing === undefined) {
      const array = [table];
      document.growing.add(array);
      parent.set(key, array);
    } else if (Array.isArray(existing) && document.growing.has(existing)) {
      existing.push(table);
    } else {
      fail(reader, start, `\`${key}\` already has a value that is not an array of tables`);
    }
    return table;
  }
  if (existing === undefined) {
    parent.set(key, table);
    return table;
  }
  if (!isTable(existing) || document.origins.get(existing) !== "implied") {
    fail(reader, start, `\`${key}\` is already defined`);
  }
  document.origins.set(existing, "header");
  // Compat: a table that only its children had implied takes its place where its own header stands.
  parent.delete(key);
  parent.set(key, existing);
  return existing;
}

/** `a.b = value`, in a table or an inline table. */
function readKeyValue(document: Document, table: TomlTable, origins: Map<TomlTable, Origin>): void {
  const { reader } = document;
  const start = reader.at;
  const path = readKey(reader);
  if (reader.text.charCodeAt(reader.at) !== 0x3d) {
    fail(reader, reader.at, `a key is followed by \`=\`, found ${quote(reader, reader.at)}`);
  }
  reader.at++;
  skipBlanks(reader);
  const depth = reader.depth;
  descend(reader, path.length);
  const parent = path.length === 1 ? table : walk(document, origins, table, path, "dotted", start);
  const key = path[path.length - 1] as string;
  if (parent.has(key)) fail(reader, start, `\`${key}\` is already defined`);
  parent.set(key, readValue(document));
  reader.depth = depth;
}

/** The table that holds the last key of `path`; makes those missing. */
function walk(
  { reader, growing }: Document,
  origins: Map<TomlTable, Origin>,
  from: TomlTable,
  path: readonly string[],
  made: Origin,
  at: number,
): TomlTable {
  let table = from;
  for (let index = 0; index < path.length - 1; index++) {
    const key = path[index] as string;
    const existing = table.get(key);
    if (existing === undefined) {
      const next: TomlTable = new Map();
      origins.set(next, made);
      table.set(key, next);
      table = next;
      continue;
    }
    const next = Array.isArray(existing) && growing.has(existing) ? existing[existing.length - 1] : existing;
    const origin = isTable(next) ? origins.get(next) : undefined;
    // A header may pass through any table that is not inline; a dotted key may not reopen one that has a header.
    if (!isTable(next) || origin === undefined || (made === "dotted" && origin === "header")) {
      fail(reader, at, `\`${key}\` is already defined and cannot be extended here`);
    }
    table = next;
  }
  return table;
}

/** A key, dotted or not, with the blanks around it. */
function readKey(reader: Reader): string[] {
  const path: string[] = [];
  for (;;) {
    skipBlanks(reader);
    path.push(readSimpleKey(reader));
    skipBlanks(reader);
    if (reader.text.charCodeAt(reader.at) !== 0x2e) return path;
    reader.at++;
  }
}

function readSimpleKey(reader: Reader): string {
  const { text, at } = reader;
  const first = text.charCodeAt(at);
  if (first === 0x22 || first === 0x27) {
    if (text.startsWith(first === 0x22 ? '"""' : "'''", at))
      fail(reader, at, "a key cannot be a multi-line string");
    return readString(reader);
  }
  while (isBareKey(text.charCodeAt(reader.at))) reader.at++;
  if (reader.at === at) {
    fail(
      reader,
      at,
      `expected a key, found ${quote(reader, at)}; keys other than letters, digits, \`_\` and \`-\` need quotes`,
    );
  }
  return text.slice(at, reader.at);
}

function readValue(document: Document): TomlValue {
  const { reader } = document;
  switch (reader.text.charCodeAt(reader.at)) {
    case 0x22:
    case 0x27:
      return readString(reader);
    case 0x5b:
      return readArray(document);
    case 0x7b:
      return readInlineTable(document);
    default:
      return readScalar(reader);
  }
}

function readArray(document: Document): TomlValue[] {
  const { reader } = document;
  const start = reader.at++;
  const array: TomlValue[] = [];
  descend(reader);
  for (;;) {
    skipTrivia(reader);
    if (reader.text.charCodeAt(reader.at) === 0x5d) break;
    array.push(readValue(document));
    if (!separator(reader, start, 0x5d)) break;
  }
  reader.at++;
  reader.depth--;
  return array;
}

function readInlineTable(document: Document): TomlTable {
  const { reader } = document;
  const start = reader.at++;
  const table: TomlTable = new Map();
  // Dotted keys inside may extend each other; once closed nothing may, so what is made here is forgotten.
  const origins = new Map<TomlTable, Origin>();
  descend(reader);
  for (;;) {
    skipTrivia(reader);
    if (reader.text.charCodeAt(reader.at) === 0x7d) break;
    readKeyValue(document, table, origins);
    if (!separator(reader, start, 0x7d)) break;
  }
  reader.at++;
  reader.depth--;
  return table;
}

/** After an element: true past a comma, false at the closing bracket. */
function separator(reader: Reader, start: number, close: number): boolean {
  skipTrivia(reader);
  const code = reader.text.charCodeAt(reader.at);
  if (code === 0x2c) {
    reader.at++;
    return true;
  }
  if (code === close) return false;
  const bracket = String.fromCharCode(close);
  if (reader.at >= reader.text.length) fail(reader, start, `this is not closed with \`${bracket}\``);
  fail(reader, reader.at, `expected \`,\` or \`${bracket}\`, found ${quote(reader, reader.at)}`);
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at);
    if (code !== 0x20 && code !== 0x09) return;
    reader.at++;
  }
}

/** Blanks, line ends and comments. */
function skipTrivia(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    const code = text.charCodeAt(reader.at);
    if (code === 0x20 || code === 0x09 || code === 0x0a) reader.at++;
    else if (code === 0x0d && text.charCodeAt(reader.at + 1) === 0x0a) reader.at += 2;
    else if (code === 0x23) skipComment(reader);
    else return;
  }
}

function skipComment(reader: Reader): void {
  const { text } = reader;
  for (;;) {
    const code = text.charCodeAt(++reader.at);
    if (code === 0x0a || Number.isNaN(code)) return;
    if (code === 0x0d && text.charCodeAt(reader.at + 1) === 0x0a) return;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      fail(reader, reader.at, `${quote(reader, reader.at)} is not allowed in a comment`);
    }
  }
}

/** Nothing but a comment may follow a key and its value, or a header, on the same line. */
function endOfLine(reader: Reader): void {
  const { text } = reader;
  skipBlanks(reader);
  if (text.charCodeAt(reader.at) === 0x23) skipComment(reader);
  const code = text.charCodeAt(reader.at);
  if (code === 0x0a || reader.at >= text.length) return;
  if (code === 0x0d && text.charCodeAt(reader.at + 1) === 0x0a) return;
  fail(reader, reader.at, `expected the end of the line, found ${quote(reader, reader.at)}`);
}
