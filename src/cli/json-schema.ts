// A few words to write JSON Schema (draft 2020-12) with, for what `--json` prints. Plain objects, so that a schema costs
// nothing to make and holds nothing but what is said.

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A text; with `meaning` for what its name does not say. */
export function text(meaning?: string): JsonSchema {
  return { type: "string", ...(meaning !== undefined && { description: meaning }) };
}

/** One of these texts. New ones may be added. */
export function oneOf(...choices: readonly string[]): JsonSchema {
  return { type: "string", enum: choices };
}

/** A whole number that is not negative; one above 2^53 that a number would round is a text of digits. */
export function count(meaning?: string): JsonSchema {
  return {
    anyOf: [
      { type: "integer", minimum: 0 },
      { type: "string", pattern: "^[0-9]+$" },
    ],
    ...(meaning !== undefined && { description: meaning }),
  };
}

/** A number that is not negative, maybe with a fraction. */
export function measure(meaning?: string): JsonSchema {
  return { type: "number", minimum: 0, ...(meaning !== undefined && { description: meaning }) };
}

export function truth(meaning?: string): JsonSchema {
  return { type: "boolean", ...(meaning !== undefined && { description: meaning }) };
}

/** One of these kinds of value. */
export function eitherOf(...schemas: readonly JsonSchema[]): JsonSchema {
  return { anyOf: schemas };
}

export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

export function listOf(schema: JsonSchema): JsonSchema {
  return { type: "array", items: schema };
}

/** Any names, values of one kind. */
export function mapOf(schema: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: schema };
}

/** Any value at all: what belongs to a package and not to hab. */
export const ANYTHING: JsonSchema = {};

/** An object with these fields, all there but those of `optional`. Other fields may be added by later versions. */
export function object(
  required: Readonly<Record<string, JsonSchema>>,
  optional: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return { type: "object", properties: { ...required, ...optional }, required: Object.keys(required) };
}
