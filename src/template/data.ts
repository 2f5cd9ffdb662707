// What templates see: plain values, Maps and plain objects alike, and TOML tables as they are, without copying. Access
// is by own keys only, so no template reaches a prototype.
import { DATETIME_KEY, jsonFloat, TomlDateTime } from "../toml/index.ts";

/**
 * Data of a template. Integers are `bigint`; a `number` is a float and shows as one (`1.0`). NaN and infinities count as
 * null. A TomlDateTime counts as an object with one key.
 */
export type TemplateData =
  | null
  | boolean
  | string
  | bigint
  | number
  | TomlDateTime
  | readonly TemplateData[]
  | ReadonlyMap<string, TemplateData>
  | { readonly [key: string]: TemplateData | undefined };

type ObjectData = ReadonlyMap<string, TemplateData> | { readonly [key: string]: TemplateData | undefined };

/** Whether the value is an object (a table), not an array. */
export function isObject(value: TemplateData): value is ObjectData | TomlDateTime {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: TemplateData): value is readonly TemplateData[] {
  return Array.isArray(value);
}

/** The value of a key of an object, or undefined. */
export function property(value: ObjectData | TomlDateTime, key: string): TemplateData | undefined {
  if (value instanceof Map) return value.get(key);
  if (value instanceof TomlDateTime) return key === DATETIME_KEY ? value.text : undefined;
  return Object.hasOwn(value, key) ? (value as { [key: string]: TemplateData })[key] : undefined;
}

/** Keys and values of an object in their order. */
export function entries(value: ObjectData | TomlDateTime): readonly (readonly [string, TemplateData])[] {
  if (value instanceof Map) return [...value];
  if (value instanceof TomlDateTime) return [[DATETIME_KEY, value.text]];
  return Object.entries(value).filter((entry): entry is [string, TemplateData] => entry[1] !== undefined);
}

export function size(value: ObjectData | TomlDateTime): number {
  return value instanceof Map ? value.size : entries(value).length;
}

/** Null for the floats JSON does not have, which the original's data cannot hold either. */
export function normal(value: TemplateData | undefined): TemplateData {
  if (value === undefined || (typeof value === "number" && !Number.isFinite(value))) return null;
  return value;
}

/** Smallest positive float that is not subnormal. */
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** reference/services.md §20, "Truthiness". */
export function isTruthy(value: TemplateData, includeZero = false): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "bigint":
      return includeZero || value !== 0n;
    case "number":
      return includeZero
        ? !Number.isNaN(value)
        : Number.isFinite(value) && Math.abs(value) >= SMALLEST_NORMAL;
  }
  if (value === null) return false;
  return isArray(value) ? value.length > 0 : size(value) > 0;
}

/** Text of a value in the output (reference/services.md §20). */
export function toText(value: TemplateData): string {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return Number.isFinite(value) ? jsonFloat(value) : "";
  }
  if (value === null) return "";
  return isArray(value) ? `[${value.map(toText).join(", ")}]` : "[object]";
}

/** Equality as of JSON values: `1` is neither `1.0` nor `"1"`; the order of keys does not matter. */
export function equal(left: TemplateData, right: TemplateData): boolean {
  const a = normal(left);
  const b = normal(right);
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (isArray(a)) {
    return (
      isArray(b) && a.length === b.length && a.every((element, index) => equal(element, b[index] ?? null))
    );
  }
  if (isArray(b) || size(a) !== size(b)) return false;
  return entries(a).every(([key, value]) => {
    const other = property(b, key);
    return other !== undefined && equal(value, other);
  });
}
