// Habitat's helpers on texts (reference/services.md §20.1).
import { formatJson } from "../../toml/index.ts";
import { isArray, isObject, type TemplateData } from "../data.ts";
import type { Helper, HelperCall } from "../helper.ts";
import { MAX_OUTPUT_CHARACTERS } from "../limits.ts";

/** Compat: the message of the original, with its unfilled name; tools look for it in logs. */
export function wrongType(call: HelperCall): never {
  call.fail("Helper/Decorator $helper_fn_name param with name 0 type mismatch for string");
}

function text(call: HelperCall, index: number): string {
  const value = call.args[index];
  return typeof value === "string" ? value : wrongType(call);
}

/** Compat: compact JSON without any double quote, so that escapes inside of texts stay visible; objects are dropped. */
function joined(call: HelperCall, values: readonly TemplateData[], separator: string): string {
  const parts = values
    .filter((value) => !isObject(value))
    .map((value) => formatJson(value).replaceAll('"', ""));
  return bounded(call, parts, separator);
}

/** Joins what stays below the limit; asked first, because the text is what would fill the memory. */
function bounded(call: HelperCall, parts: readonly string[], separator: string): string {
  const length = parts.reduce((sum, part) => sum + part.length, parts.length * separator.length);
  if (length > MAX_OUTPUT_CHARACTERS)
    call.fail(`the text is longer than ${MAX_OUTPUT_CHARACTERS} characters`);
  return parts.join(separator);
}

function replace(call: HelperCall): string {
  const [subject, from, to] = [text(call, 0), text(call, 1), text(call, 2)];
  // Splitting by nothing goes between the characters, and the original also puts it at both ends.
  const parts = from === "" ? ["", ...subject, ""] : subject.split(from);
  if (subject.length + parts.length * to.length > MAX_OUTPUT_CHARACTERS)
    call.fail("the text grows too large");
  return parts.join(to);
}

function list(call: HelperCall): readonly TemplateData[] {
  const value = call.args[0];
  return value !== undefined && isArray(value) ? value : wrongType(call);
}

export const textHelpers: readonly (readonly [string, Helper])[] = [
  ["toUppercase", { kind: "value", value: (call) => text(call, 0).toUpperCase() }],
  ["toLowercase", { kind: "value", value: (call) => text(call, 0).toLowerCase() }],
  ["strReplace", { kind: "value", value: replace }],
  ["strJoin", { kind: "value", value: (call) => joined(call, list(call), text(call, 1)) }],
  ["strConcat", { kind: "value", value: (call) => joined(call, call.args, "") }],
];
