// Values → YAML as the original writes it (reference/services.md §20.1, toYaml): libyaml's choice among plain, single
// quoted, double quoted and literal style, block collections with sequences not indented in mappings, no folding.
import { jsonFloat } from "../toml/index.ts";
import { entries, isArray, isObject, normal, type TemplateData } from "./data.ts";

/** A YAML document without markers, ending with a newline. */
export function formatYaml(value: TemplateData): string {
  const text = block(normal(value), 0);
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** A value whose first line follows on the current line and whose other lines are indented by `indent`. */
function block(value: TemplateData, indent: number): string {
  const inner = normal(value);
  if (inner !== null && isArray(inner)) return inner.length === 0 ? "[]" : sequence(inner, indent);
  if (isObject(inner)) {
    const all = entries(inner);
    return all.length === 0 ? "{}" : mapping(all, indent);
  }
  return scalar(inner, Math.max(indent, 2));
}

function sequence(list: readonly TemplateData[], indent: number): string {
  return lines(
    list.map((element) => `- ${block(element, indent + 2)}`),
    indent,
  );
}

function mapping(all: readonly (readonly [string, TemplateData])[], indent: number): string {
  return lines(
    all.map(([key, data]) => {
      const value = normal(data);
      if (!isSimpleKey(key)) {
        return `${lines([`? ${scalar(key, indent + 2)}`, `: ${block(value, indent + 2)}`], indent)}`;
      }
      const name = scalar(key, indent + 2);
      if (value !== null && isArray(value) && value.length > 0) {
        return `${name}:\n${" ".repeat(indent)}${sequence(value, indent)}`;
      }
      if (isObject(value) && entries(value).length > 0) {
        return `${name}:\n${" ".repeat(indent + 2)}${mapping(entries(value), indent + 2)}`;
      }
      return `${name}: ${isObject(value) || (value !== null && isArray(value)) ? block(value, indent) : scalar(value, indent + 2)}`;
    }),
    indent,
  );
}

/** Joins items, each on its own line; an item that already ends with a line break (a literal text) gets no other. */
function lines(items: readonly string[], indent: number): string {
  const start = " ".repeat(indent);
  return items.reduce((text, item) =>
    text.endsWith("\n") ? `${text}${start}${item}` : `${text}\n${start}${item}`,
  );
}

/** Whether a key may stand before `:` on its line; others get `? key`. */
function isSimpleKey(key: string): boolean {
  return Buffer.byteLength(key) <= 128 && !/[\n\r\u0085\u2028\u2029]/.test(key);
}

/** `indent` is that of the lines of a literal text. */
function scalar(value: TemplateData, indent: number): string {
  switch (typeof value) {
    case "string":
      return text(value, indent);
    case "number":
      return jsonFloat(value).replace("e+", "e");
    default:
      return String(value);
  }
}

function text(value: string, indent: number): string {
  const form = analyse(value);
  if (value.includes("\n")) return form.literal ? literal(value, indent) : doubleQuoted(value);
  if (form.plain && !readsAsOther(value)) return value;
  return form.singleQuoted ? singleQuoted(value, indent) : doubleQuoted(value);
}

/** Whether a plain text would be read as null, a boolean or a number; or is digits with a leading zero. */
function readsAsOther(value: string): boolean {
  if (/^(?:|~|null|Null|NULL|true|True|TRUE|false|False|FALSE)$/.test(value)) return true;
  if (/^[+-]?(?:0x[\dA-Fa-f]+|0o[0-7]+|0b[01]+|\d+)$/.test(value)) return true;
  if (/^(?:[+-]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/.test(value)) return true;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value));
}

/** Not printable in YAML: control characters (tab included, newline not), surrogates, byte order mark. */
const SPECIAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufeff\ufffe\uffff]/u;

/** Which styles can hold a text (libyaml's analysis of scalars). */
function analyse(value: string): { plain: boolean; singleQuoted: boolean; literal: boolean } {
  if (value === "") return { plain: false, singleQuoted: true, literal: false };
  const special = SPECIAL.test(value);
  const spaceBeforeBreak = / [\n\r\u0085\u2028\u2029]/.test(value);
  const breakBeforeSpace = /[\n\r\u0085\u2028\u2029] /.test(value);
  const hasBreak = /[\n\r\u0085\u2028\u2029]/.test(value);
  const indicator =
    /^(?:---|\.\.\.)/.test(value) ||
    /^[#,[\]{}&*!|>'"%@`]/.test(value) ||
    /^[?:-](?:$|[ \t\n\r\u0085\u2028\u2029])/.test(value) ||
    /:(?:$|[ \t\n\r\u0085\u2028\u2029])/.test(value) ||
    /[ \t\n\r\u0085\u2028\u2029]#/.test(value);
  return {
    plain: !special && !hasBreak && !indicator && !/^ | $/.test(value),
    singleQuoted: !special && !spaceBeforeBreak && !breakBeforeSpace,
    literal: !special && !spaceBeforeBreak && !value.endsWith(" "),
  };
}

function singleQuoted(value: string, indent: number): string {
  // A line break other than `\n` is followed by the indentation of the next line.
  const broken = value.replace(
    /([\r\u0085\u2028\u2029])(?=[^\r\u0085\u2028\u2029])/g,
    `$1${" ".repeat(indent)}`,
  );
  return `'${broken.replaceAll("'", "''")}'`;
}

function literal(value: string, indent: number): string {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(value) ? "2" : "";
  const chomp = !value.endsWith("\n") ? "-" : /^\n$|\n\n$/.test(value) ? "+" : "";
  const body = value.replace(/^(?=[^\n])/gm, " ".repeat(indent));
  return `|${hint}${chomp}\n${body}`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\u0000": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function doubleQuoted(value: string): string {
  const escaped = value.replace(
    /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/gu,
    (character) => {
      const code = character.charCodeAt(0);
      const hex = code.toString(16).toUpperCase();
      return ESCAPES[character] ?? (code < 256 ? `\\x${hex.padStart(2, "0")}` : `\\u${hex.padStart(4, "0")}`);
    },
  );
  return `"${escaped}"`;
}
