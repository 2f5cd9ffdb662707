// TOML strings, numbers, booleans and date-times (https://toml.io/en/v1.1.0).
import { fail, quote, type Reader } from "./reader.ts";
import { INTEGER_MAX, INTEGER_MIN, TomlDateTime, type TomlValue } from "./value.ts";

/** Letters, digits, `_` and `-` of ASCII. */
export function isBareKey(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2d
  );
}

/** A string on one line without escapes, as nearly all are. */
const PLAIN_STRING =
  /"[^"\\\u0000-\u0008\u000a-\u001f\u007f]*"(?!")|'[^'\u0000-\u0008\u000a-\u001f\u007f]*'(?!')/y;

/** A string of any of the four kinds; the reader stands at its first quote. */
export function readString(reader: Reader): string {
  PLAIN_STRING.lastIndex = reader.at;
  if (PLAIN_STRING.test(reader.text)) {
    const start = reader.at + 1;
    reader.at = PLAIN_STRING.lastIndex;
    return reader.text.slice(start, reader.at - 1);
  }
  const { text, at } = reader;
  const mark = text[at] as string;
  const multiLine =
    text.charCodeAt(at + 1) === text.charCodeAt(at) && text.charCodeAt(at + 2) === text.charCodeAt(at);
  reader.at += multiLine ? 3 : 1;
  if (multiLine) {
    if (text.startsWith("\r\n", reader.at)) reader.at += 2;
    else if (text[reader.at] === "\n") reader.at++;
  }
  let result = "";
  let from = reader.at;
  for (;;) {
    const code = text.charCodeAt(reader.at);
    if (code === mark.charCodeAt(0)) {
      if (!multiLine) {
        result += text.slice(from, reader.at++);
        return result;
      }
      let run = 1;
      while (run < 5 && text.charCodeAt(reader.at + run) === code) run++;
      reader.at += run;
      // Up to two quotes may stand directly before the closing three.
      if (run >= 3) return result + text.slice(from, reader.at - 3);
    } else if (code === 0x5c && mark === '"') {
      result += text.slice(from, reader.at) + readEscape(reader, multiLine);
      from = reader.at;
    } else if (code === 0x0a || (code === 0x0d && text.charCodeAt(reader.at + 1) === 0x0a)) {
      if (!multiLine) fail(reader, reader.at, `this string is not closed with \`${mark}\` on its line`);
      reader.at += code === 0x0a ? 1 : 2;
    } else if (Number.isNaN(code)) {
      fail(reader, at, `this string is not closed with \`${multiLine ? mark.repeat(3) : mark}\``);
    } else if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      fail(
        reader,
        reader.at,
        `${quote(reader, reader.at)} is not allowed in a string; write it as an escape`,
      );
    } else {
      reader.at++;
    }
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
  '"': '"',
  "\\": "\\",
};
const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function readEscape(reader: Reader, multiLine: boolean): string {
  const { text, at } = reader;
  const letter = text[at + 1] ?? "";
  if (Object.hasOwn(SIMPLE_ESCAPES, letter)) {
    reader.at += 2;
    return SIMPLE_ESCAPES[letter] as string;
  }
  if (Object.hasOwn(HEX_ESCAPES, letter)) {
    const digits = text.slice(at + 2, at + 2 + (HEX_ESCAPES[letter] as number));
    const code = /^[0-9A-Fa-f]+$/.test(digits) ? Number.parseInt(digits, 16) : -1;
    const length = HEX_ESCAPES[letter] as number;
    if (digits.length !== length || code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      fail(reader, at, `\`\\${letter}\` takes ${length} hexadecimal digits of a Unicode character`);
    }
    reader.at += 2 + length;
    return String.fromCodePoint(code);
  }
  if (multiLine) {
    // A backslash at the end of a line takes the line end and all white space after it.
    const match = /[ \t]*\r?\n[ \t\r\n]*/y;
    match.lastIndex = at + 1;
    const found = match.exec(text);
    if (found !== null) {
      reader.at = match.lastIndex;
      return "";
    }
  }
  fail(reader, at, `\`\\${letter}\` is not an escape; write a backslash as \`\\\\\``);
}

const INTEGER = /^[+-]?(?:0|[1-9](?:_?\d)*)$/;
/** Needs neither underscores nor limits looked at. */
const SMALL_INTEGER = /^(?:0|[1-9]\d{0,17})$/;
const RADIX_INTEGER = /^(?:0x[\dA-Fa-f](?:_?[\dA-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*)$/;
const FLOAT = /^[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?$/;
const SPECIAL = /^([+-]?)(inf|nan)$/;
const DATE_TIME_START = /^(?:\d{4}-|\d\d:)/;

/** A number, boolean or date-time: everything that is not a string, an array or an inline table. */
export function readScalar(reader: Reader): TomlValue {
  const { text, at } = reader;
  let end = tokenEnd(text, at);
  let token = text.slice(at, end);
  if (token === "") fail(reader, at, `expected a value, found ${quote(reader, at)}`);
  if (token === "true" || token === "false") {
    reader.at = end;
    return token === "true";
  }
  if (SMALL_INTEGER.test(token)) {
    reader.at = end;
    return BigInt(token);
  }
  if (DATE_TIME_START.test(token)) {
    // A space may stand between date and time.
    if (/^\d{4}-\d\d-\d\d$/.test(token) && /^ \d\d:/.test(text.slice(end, end + 4))) {
      end = tokenEnd(text, end + 1);
      token = text.slice(at, end);
    }
    const value = dateTime(token);
    if (value === undefined) fail(reader, at, `\`${token}\` is not a date or time`);
    reader.at = end;
    return value;
  }
  reader.at = end;
  if (INTEGER.test(token)) return integer(reader, at, token.replaceAll("_", ""));
  if (FLOAT.test(token)) {
    const value = Number(token.replaceAll("_", ""));
    if (!Number.isFinite(value)) fail(reader, at, `\`${token}\` is too large for a float`);
    return value;
  }
  if (RADIX_INTEGER.test(token)) return integer(reader, at, token.replaceAll("_", ""));
  const special = SPECIAL.exec(token);
  if (special !== null) {
    if (special[2] === "nan") return Number.NaN;
    return special[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const { offset, hint } = whyNotAScalar(token);
  fail(reader, at + offset, hint);
}

/** Blanks, line ends, and what separates or encloses values. */
const ENDS_TOKEN = new Set(Array.from(" \t\r\n,]}#=\"'[{", (character) => character.charCodeAt(0)));

function tokenEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && !ENDS_TOKEN.has(text.charCodeAt(end))) end++;
  return end;
}

function integer(reader: Reader, at: number, digits: string): bigint {
  // BigInt() does not take a sign `+`.
  const value = BigInt(digits.startsWith("+") ? digits.slice(1) : digits);
  if (value < INTEGER_MIN || value > INTEGER_MAX) {
    fail(reader, at, "an integer lies between -9223372036854775808 and 9223372036854775807");
  }
  return value;
}

/** The first thing wrong with a token, and how far into it. */
function whyNotAScalar(token: string): { offset: number; hint: string } {
  if (!/^[+-]*[\d.]/.test(token)) {
    return { offset: 0, hint: `\`${token}\` is not a value; text needs quotes: "${token}"` };
  }
  if (/^[+-]{2}/.test(token)) return { offset: 1, hint: "a number has at most one sign" };
  if (/^[+-]0[xob]/.test(token))
    return { offset: 0, hint: "a hexadecimal, octal or binary number has no sign" };
  if (/^0[xob]/.test(token))
    return { offset: 0, hint: `\`${token}\` has no or wrong digits after \`${token.slice(0, 2)}\`` };
  if (/^[+-]?0[\d_]/.test(token))
    return { offset: /^[+-]/.test(token) ? 1 : 0, hint: "a number has no leading zero" };
  const underscore = /(?<!\d)_|_(?!\d)/.exec(token);
  if (underscore !== null) return { offset: underscore.index, hint: "`_` may stand only between digits" };
  const point = /\.(?!\d)|(?<!\d)\./.exec(token);
  if (point !== null) return { offset: point.index + 1, hint: "a decimal point has digits on both sides" };
  const exponent = /[eE][+-]?$/.exec(token);
  if (exponent !== null) return { offset: token.length, hint: "an exponent has digits" };
  return { offset: 0, hint: `\`${token}\` is not a value; text needs quotes: "${token}"` };
}

const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?`;
const DATE_TIME = new RegExp(`^(?:${DATE})?(?:([Tt ])?${TIME}([Zz]|[+-]\\d\\d:\\d\\d)?)?$`);

function dateTime(token: string): TomlDateTime | undefined {
  const match = DATE_TIME.exec(token);
  if (match === null) return undefined;
  const [, year, month, day, separator, hour, minute, second, fraction, zone] = match;
  const hasDate = year !== undefined;
  const hasTime = hour !== undefined;
  if (hasDate && hasTime !== (separator !== undefined)) return undefined;
  if (!hasDate && (separator !== undefined || zone !== undefined)) return undefined;
  let text = "";
  if (hasDate) {
    const days = new Date(Date.UTC(2000 + (Number(year) % 400), Number(month), 0)).getUTCDate();
    if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days) return undefined;
    text = `${year}-${month}-${day}`;
  }
  if (hasTime) {
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return undefined;
    text += `${hasDate ? "T" : ""}${hour}:${minute}`;
    if (second !== undefined) text += `:${second}`;
    const nanoseconds = (fraction ?? "").slice(0, 9).replace(/0+$/, "");
    if (nanoseconds !== "") text += `.${nanoseconds}`;
  }
  if (zone !== undefined) {
    if (zone.length > 1 && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4)) > 59)) return undefined;
    text += zone === "-00:00" ? "+00:00" : zone.toUpperCase();
  }
  return new TomlDateTime(text);
}
