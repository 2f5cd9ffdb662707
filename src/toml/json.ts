// JSON texts with what JSON.parse loses: key order, integers of 64 bits, and the difference of `1` and `1.0`.
import { HabError } from "../error/index.ts";
import { tomlErrors } from "./errors.ts";
import { jsonFloat } from "./number.ts";
import { descend, fail, openReader, type ParseOptions, quote, type Reader } from "./reader.ts";
import {
  DATETIME_KEY,
  INTEGER_MAX,
  INTEGER_MIN,
  isTable,
  type JsonValue,
  TomlDateTime,
  type TomlTable,
  type TomlValue,
} from "./value.ts";

const UNSIGNED_MAX = 2n ** 64n - 1n;

/**
 * Parses a JSON text (RFC 8259); of equal keys the last value wins.
 * @throws HAB-TOML-004 with the source, line and column; HAB-TOML-002 when it is too large or too deep.
 */
export function parseJson(input: string | Uint8Array, options: ParseOptions): JsonValue {
  const reader = openReader(input, options, tomlErrors.json);
  const value = readValue(reader);
  skipBlanks(reader);
  if (reader.at < reader.text.length) {
    fail(reader, reader.at, `expected the end of the text, found ${quote(reader, reader.at)}`);
  }
  return value;
}

/** TOML from JSON. @throws HAB-TOML-003 for null and for integers beyond 2^63-1. */
export function jsonToToml(value: JsonValue): TomlValue {
  if (value === null) throw new HabError(tomlErrors.unwritable, "null has no form in TOML");
  if (typeof value === "bigint" && (value > INTEGER_MAX || value < INTEGER_MIN)) {
    throw new HabError(tomlErrors.unwritable, `the integer ${value} does not fit in TOML's 64 bits`);
  }
  if (Array.isArray(value)) return value.map(jsonToToml);
  if (value instanceof Map) {
    const table: TomlTable = new Map();
    for (const [key, inner] of value) table.set(key, jsonToToml(inner));
    return table;
  }
  return value;
}

/** JSON from TOML: a date-time is an object with one key, infinities and NaN are null. */
export function tomlToJson(value: TomlValue): JsonValue {
  if (value instanceof TomlDateTime) return new Map([[DATETIME_KEY, value.text]]);
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  if (Array.isArray(value)) return value.map(tomlToJson);
  if (isTable(value)) {
    const object = new Map<string, JsonValue>();
    for (const [key, inner] of value) object.set(key, tomlToJson(inner));
    return object;
  }
  return value;
}

/** What `formatJson` can write; plain objects count by their own keys, `undefined` values are left out. */
export type JsonInput =
  | JsonValue
  | TomlValue
  | readonly JsonInput[]
  | ReadonlyMap<string, JsonInput>
  | { readonly [key: string]: JsonInput | undefined };

/** JSON text; `indent` is the number of spaces a level, 0 for one line without blanks. */
export function formatJson(value: JsonInput, indent = 0): string {
  return write(value, indent, "\n");
}

function write(value: JsonInput, indent: number, lineStart: string): string {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return jsonFloat(value);
  }
  const inner = indent === 0 ? "" : lineStart + " ".repeat(indent);
  const outer = indent === 0 ? "" : lineStart;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[${inner}${value.map((element) => write(element, indent, inner)).join(`,${inner}`)}${outer}]`;
  }
  const colon = indent === 0 ? ":" : ": ";
  const parts: string[] = [];
  for (const [key, element] of jsonEntries(value)) {
    if (element !== undefined) parts.push(JSON.stringify(key) + colon + write(element, indent, inner));
  }
  return parts.length === 0 ? "{}" : `{${inner}${parts.join(`,${inner}`)}${outer}}`;
}

function jsonEntries(value: object): Iterable<[string, JsonInput | undefined]> {
  if (value instanceof TomlDateTime) return [[DATETIME_KEY, value.text]];
  return value instanceof Map ? value : Object.entries(value);
}

function readValue(reader: Reader): JsonValue {
  skipBlanks(reader);
  const { text, at } = reader;
  switch (text[at]) {
    case '"':
      return readString(reader);
    case "{":
      return readObject(reader);
    case "[":
      return readArray(reader);
    case "t":
      return readWord(reader, "true", true);
    case "f":
      return readWord(reader, "false", false);
    case "n":
      return readWord(reader, "null", null);
    default:
      return readNumber(reader);
  }
}

function readWord(reader: Reader, word: string, value: JsonValue): JsonValue {
  if (!reader.text.startsWith(word, reader.at))
    fail(reader, reader.at, "expected a value; text needs double quotes");
  reader.at += word.length;
  return value;
}

function readObject(reader: Reader): Map<string, JsonValue> {
  const object = new Map<string, JsonValue>();
  descend(reader);
  reader.at++;
  for (let first = true; ; first = false) {
    skipBlanks(reader);
    if (first && reader.text[reader.at] === "}") break;
    if (reader.text[reader.at] !== '"') {
      fail(reader, reader.at, `expected a key in double quotes, found ${quote(reader, reader.at)}`);
    }
    const key = readString(reader);
    skipBlanks(reader);
    if (reader.text[reader.at] !== ":")
      fail(reader, reader.at, `expected \`:\`, found ${quote(reader, reader.at)}`);
    reader.at++;
    object.set(key, readValue(reader));
    if (!readSeparator(reader, "}")) break;
  }
  reader.at++;
  reader.depth--;
  return object;
}

function readArray(reader: Reader): JsonValue[] {
  const array: JsonValue[] = [];
  descend(reader);
  reader.at++;
  for (let first = true; ; first = false) {
    skipBlanks(reader);
    if (first && reader.text[reader.at] === "]") break;
    array.push(readValue(reader));
    if (!readSeparator(reader, "]")) break;
  }
  reader.at++;
  reader.depth--;
  return array;
}

function readSeparator(reader: Reader, close: string): boolean {
  skipBlanks(reader);
  if (reader.text[reader.at] === close) return false;
  if (reader.text[reader.at] !== ",") {
    fail(reader, reader.at, `expected \`,\` or \`${close}\`, found ${quote(reader, reader.at)}`);
  }
  reader.at++;
  return true;
}

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"/y;

function readString(reader: Reader): string {
  STRING.lastIndex = reader.at;
  const match = STRING.exec(reader.text);
  if (match === null)
    fail(reader, reader.at, "this string is not closed, or has a wrong escape or a control character");
  reader.at = STRING.lastIndex;
  return JSON.parse(match[0]) as string;
}

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;

function readNumber(reader: Reader): bigint | number {
  NUMBER.lastIndex = reader.at;
  const match = NUMBER.exec(reader.text);
  if (match === null) fail(reader, reader.at, `expected a value, found ${quote(reader, reader.at)}`);
  const start = reader.at;
  reader.at = NUMBER.lastIndex;
  const value = jsonNumber(match[0], match[1] === undefined && match[2] === undefined);
  if (typeof value === "number" && !Number.isFinite(value)) fail(reader, start, "this number is too large");
  return value;
}

function jsonNumber(text: string, isInteger: boolean): bigint | number {
  if (isInteger && text !== "-0" && text.length <= 21) {
    const value = BigInt(text);
    if (value >= INTEGER_MIN && value <= UNSIGNED_MAX) return value;
  }
  return approximateFloat(text);
}

/**
 * Compat: the original reads JSON floats with one rounding too many, so that `6.626e-34` becomes
 * `6.626000000000001e-34` (reference/services.md §11, templates/values.json): the digits as one integer of 64 bits,
 * then multiplied or divided by a power of ten.
 */
export function approximateFloat(text: string): number {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return Number(text);
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  const digits = whole + fraction;
  const zeros = digits.length - digits.replace(/^0+/, "").length;
  let used = Math.min(digits.length, zeros + 20);
  if (BigInt(digits.slice(0, used)) > UNSIGNED_MAX) used--;
  let value = Number(BigInt(digits.slice(0, used)));
  let exponent = Number(power) + whole.length - used;
  if (value !== 0) {
    for (; exponent < -308 && value !== 0; exponent += 308) value /= 1e308;
    if (exponent > 308) value = Number.POSITIVE_INFINITY;
    else if (exponent >= 0) value *= Number(`1e${exponent}`);
    else value /= Number(`1e${-exponent}`);
  }
  return sign === "-" ? -value : value;
}

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    reader.at++;
  }
}
