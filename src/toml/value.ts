// The value model of TOML and JSON texts. Tables are Maps, for three reasons: keys keep their order even when they look
// like integers ("10" before "2"), `__proto__` is a key like any other, and a lookup cannot reach a prototype.

/** A TOML date, time or both, kept as its normal text (`1979-05-27T07:32:00Z`): nothing computes with it. */
export class TomlDateTime {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type TomlTable = Map<string, TomlValue>;

/** Integers are `bigint` (64 bits, signed), floats are `number`, so `1` and `1.0` stay different. */
export type TomlValue = string | boolean | bigint | number | TomlDateTime | TomlValue[] | TomlTable;

/** As TomlValue, with null; integers reach from -2^63 to 2^64-1. */
export type JsonValue = null | string | boolean | bigint | number | JsonValue[] | Map<string, JsonValue>;

/** The key under which a date-time appears where TOML becomes JSON or template data. */
export const DATETIME_KEY = "$__toml_private_datetime";

export const INTEGER_MIN = -(2n ** 63n);
export const INTEGER_MAX = 2n ** 63n - 1n;

export function isTable(value: unknown): value is TomlTable {
  return value instanceof Map;
}

/** What `tomlTable` takes: plain objects stand for tables; keys that are `undefined` are left out. */
export type TomlInput =
  | string
  | boolean
  | bigint
  | number
  | TomlDateTime
  | readonly TomlInput[]
  | ReadonlyMap<string, TomlInput>
  | { readonly [key: string]: TomlInput | undefined };

/** A table from a plain object, in its order: `formatToml(tomlTable({ ident: "core/redis", timeout: 8n }))`. */
export function tomlTable(source: { readonly [key: string]: TomlInput | undefined }): TomlTable {
  const table: TomlTable = new Map();
  for (const [key, value] of Object.entries(source)) {
    if (value !== undefined) table.set(key, tomlValue(value));
  }
  return table;
}

function tomlValue(input: TomlInput): TomlValue {
  if (typeof input !== "object" || input instanceof TomlDateTime) return input;
  if (Array.isArray(input)) return input.map(tomlValue);
  if (input instanceof Map) return new Map([...input].map(([key, value]) => [key, tomlValue(value)]));
  return tomlTable(input as { readonly [key: string]: TomlInput | undefined });
}
