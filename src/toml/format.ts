// Tables → TOML text with the original's bytes (reference/services.md §20.2).
import { HabError } from "../error/index.ts";
import { tomlErrors } from "./errors.ts";
import { tomlFloat } from "./number.ts";
import { INTEGER_MIN, isTable, TomlDateTime, type TomlTable, type TomlValue } from "./value.ts";

/** Compat: template data holds unsigned integers too, and the original writes them. */
const UNSIGNED_MAX = 2n ** 64n - 1n;

/** A whole document; ends with a newline unless empty. @throws HAB-TOML-003 for an integer beyond 64 bits. */
export function formatToml(table: TomlTable): string {
  const out = { text: "" };
  writeTable(out, "", table, undefined);
  return out.text;
}

/** A value as it stands after `=`; tables are inline. */
export function formatTomlValue(value: TomlValue): string {
  switch (typeof value) {
    case "string":
      return formatString(value);
    case "boolean":
      return String(value);
    case "bigint":
      if (value < INTEGER_MIN || value > UNSIGNED_MAX) {
        throw new HabError(tomlErrors.unwritable, `the integer ${value} does not fit in TOML's 64 bits`);
      }
      return String(value);
    case "number":
      return tomlFloat(value);
  }
  if (value instanceof TomlDateTime) return value.text;
  if (Array.isArray(value)) return `[${value.map(formatTomlValue).join(", ")}]`;
  if (value.size === 0) return "{}";
  const entries = [...value].map(([key, inner]) => `${formatTomlKey(key)} = ${formatTomlValue(inner)}`);
  return `{ ${entries.join(", ")} }`;
}

/** A single key: bare where it can be. */
export function formatTomlKey(key: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(key)) return key;
  // A key has no triple form, so what would need one is escaped.
  const text = formatString(key);
  return text.startsWith('"""') || text.startsWith("'''") ? basic(key) : text;
}

/** `path` is the dotted key of `table` with a dot after it, or empty for the root, whose `header` is undefined. */
function writeTable(out: { text: string }, path: string, table: TomlTable, header: string | undefined): void {
  const sections: [string, TomlTable | TomlTable[]][] = [];
  let values = "";
  for (const [key, value] of table) {
    if (isTable(value)) sections.push([key, value]);
    else if (isArrayOfTables(value)) sections.push([key, value]);
    else values += `${formatTomlKey(key)} = ${formatTomlValue(value)}\n`;
  }
  const isElement = header?.startsWith("[[") === true;
  if (header !== undefined && (isElement || values !== "" || sections.length === 0)) {
    out.text += `${out.text === "" ? "" : "\n"}${header}\n`;
  }
  out.text += values;
  for (const [key, value] of sections) {
    const name = path + formatTomlKey(key);
    if (Array.isArray(value)) {
      for (const element of value) writeTable(out, `${name}.`, element, `[[${name}]]`);
    } else {
      writeTable(out, `${name}.`, value, `[${name}]`);
    }
  }
}

function isArrayOfTables(value: TomlValue): value is TomlTable[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

/** Longest run of a quote character in a text. */
function longestRun(text: string, mark: string): number {
  let longest = 0;
  let run = 0;
  for (const character of text) {
    run = character === mark ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}

/** The first form, of those the original tries in this order, that can hold the text. */
function formatString(text: string): string {
  const hasNewline = text.includes("\n");
  const hasControl = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);
  if (!hasNewline && !hasControl && !/["\\]/.test(text)) return basic(text);
  if (!hasNewline && !hasControl && !text.includes("'")) return `'${text}'`;
  const opener = hasNewline ? "\n" : "";
  if (!hasControl && !text.includes("\\") && longestRun(text, '"') <= 2)
    return `"""${opener}${escapeText(text, true)}"""`;
  if (!hasControl && longestRun(text, "'") <= 2) return `'''${opener}${text}'''`;
  return hasNewline ? `"""\n${escapeText(text, true)}"""` : basic(text);
}

function basic(text: string): string {
  return `"${escapeText(text, false)}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

/** In the triple form newlines stay, and of quotes only every third of a run is escaped. */
function escapeText(text: string, triple: boolean): string {
  const escaped = text.replace(/[\u0000-\u001f\u007f"\\]/g, (character) => {
    if (triple && (character === "\n" || character === '"')) return character;
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  });
  return triple ? escaped.replace(/"""/g, '""\\"') : escaped;
}
