// The data of `hab plan render` (reference/cli.md §10.8): default.toml and user.toml under `cfg`, then mock data over all.
import {
  formatJson,
  type JsonValue,
  parseJson,
  parseToml,
  type TomlTable,
  tomlToJson,
} from "../../toml/index.ts";

/** A text and what to call it in an error. */
export interface NamedText {
  readonly source: string;
  readonly text: string | Uint8Array;
}

/** Merges the three inputs deeply; of two objects the keys merge, anything else is replaced. */
export function renderData(inputs: {
  readonly defaultToml: NamedText;
  readonly userToml?: NamedText | undefined;
  readonly mockJson?: NamedText | undefined;
}): JsonValue {
  const { defaultToml, userToml, mockJson } = inputs;
  let data: JsonValue = configuration(defaultToml);
  if (userToml !== undefined) data = merge(data, configuration(userToml));
  if (mockJson !== undefined) data = merge(data, parseJson(mockJson.text, { source: mockJson.source }));
  return data;
}

function configuration(input: NamedText): JsonValue {
  const table: TomlTable = parseToml(input.text, { source: input.source });
  const json: JsonValue = new Map([["cfg", tomlToJson(table)]]);
  // Compat: the original sends its TOML through JSON text, whose reader rounds floats once more.
  return parseJson(formatJson(json), { source: input.source });
}

function merge(base: JsonValue, over: JsonValue): JsonValue {
  if (!(base instanceof Map) || !(over instanceof Map)) return over;
  const merged = new Map(base);
  for (const [key, value] of over) {
    const existing = merged.get(key);
    merged.set(key, existing === undefined ? value : merge(existing, value));
  }
  return merged;
}
