// TOML and JSON: reading, writing, merging. The door of the room.
export { configVariable, parseConfigVariable } from "./environment.ts";
export { tomlErrors } from "./errors.ts";
export { formatToml, formatTomlKey, formatTomlValue } from "./format.ts";
export { approximateFloat, formatJson, type JsonInput, jsonToToml, parseJson, tomlToJson } from "./json.ts";
export { MAX_DEPTH, MAX_TEXT_BYTES } from "./limits.ts";
export { MAX_MERGE_DEPTH, type Merged, mergeTables } from "./merge.ts";
export { jsonFloat, tomlFloat } from "./number.ts";
export { parseToml } from "./parse.ts";
export type { ParseOptions } from "./reader.ts";
export {
  DATETIME_KEY,
  isTable,
  type JsonValue,
  TomlDateTime,
  type TomlInput,
  type TomlTable,
  type TomlValue,
  tomlTable,
} from "./value.ts";
