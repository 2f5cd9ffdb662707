// Whole documents: toJson, toToml, toYaml (reference/services.md §20.1).
import { formatJson, formatToml, formatTomlValue, type TomlTable, type TomlValue } from "../../toml/index.ts";
import { entries, isArray, isObject, normal, type TemplateData } from "../data.ts";
import type { Helper, HelperCall } from "../helper.ts";
import { formatYaml } from "../yaml.ts";
import { wrongType } from "./text.ts";

function toJson(call: HelperCall): string {
  const value = call.args[0];
  return value === undefined ? wrongType(call) : formatJson(value, 2);
}

function toYaml(call: HelperCall): string {
  const value = call.args[0];
  return value === undefined ? call.fail('Expected 1 parameter for "toYaml"') : formatYaml(value);
}

/** An object is a document, any other value an inline one. */
function toToml(call: HelperCall): string {
  const value = call.args[0];
  if (value === undefined) call.fail('Expected 1 parameter for "toToml"');
  const toml = withoutNull(value, call);
  return toml instanceof Map ? formatToml(toml) : formatTomlValue(toml);
}

/** Compat: date-times are objects here, as in all template data. */
function withoutNull(data: TemplateData, call: HelperCall): TomlValue {
  const value = normal(data);
  if (value === null) call.fail("Can't serialize parameter to TOML: unsupported unit type");
  if (isArray(value)) return value.map((element) => withoutNull(element, call));
  if (!isObject(value)) return value as TomlValue;
  const table: TomlTable = new Map();
  for (const [key, inner] of entries(value)) table.set(key, withoutNull(inner, call));
  return table;
}

export const documentHelpers: readonly (readonly [string, Helper])[] = [
  ["toJson", { kind: "value", value: toJson }],
  ["toToml", { kind: "value", value: toToml }],
  ["toYaml", { kind: "value", value: toYaml }],
];
