// What a JSON answer must look like, as functions that check it. A library for this takes 20 ms to load, twice what a warm
// `hab pkg install` takes without it.

/** Gives the value with what is known of it; what else it holds is left out. Throws ShapeError. */
export type Shape<Value> = (value: unknown, path: string) => Value;

export type ValueOf<Checked> = Checked extends Shape<infer Value> ? Value : never;

/** The value is of another shape; the message says where. */
export class ShapeError extends Error {}

export const text: Shape<string> = (value, path) => {
  if (typeof value !== "string") throw mismatch(path, "a text", value);
  return value;
};

export const number: Shape<number> = (value, path) => {
  if (typeof value !== "number") throw mismatch(path, "a number", value);
  return value;
};

export const truth: Shape<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw mismatch(path, "true or false", value);
  return value;
};

/** May be null, or missing. */
export function optional<Value>(shape: Shape<Value>): Shape<Value | null | undefined> {
  return (value, path) => (value === null || value === undefined ? value : shape(value, path));
}

export function list<Value>(shape: Shape<Value>): Shape<Value[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw mismatch(path, "a list", value);
    return value.map((each, index) => shape(each, inside(path, String(index))));
  };
}

/** The values of a record's fields; those that may be undefined may be missing. */
type Fields<Shapes> = { [Name in keyof Shapes]: ValueOf<Shapes[Name]> };
type MayBeMissing<Shapes> = {
  [Name in keyof Shapes]: undefined extends ValueOf<Shapes[Name]> ? Name : never;
}[keyof Shapes];
type RecordOf<Shapes> = Omit<Fields<Shapes>, MayBeMissing<Shapes>> &
  Partial<Pick<Fields<Shapes>, MayBeMissing<Shapes>>>;

export function record<const Shapes extends Record<string, Shape<unknown>>>(
  shapes: Shapes,
): Shape<RecordOf<Shapes>> {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw mismatch(path, "an object", value);
    const found: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      const field = shape(
        Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined,
        inside(path, name),
      );
      if (field !== undefined) found[name] = field;
    }
    // Every field was checked by its shape.
    return found as RecordOf<Shapes>;
  };
}

function inside(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function mismatch(path: string, expected: string, value: unknown): ShapeError {
  const kind =
    value === undefined
      ? "nothing"
      : value === null
        ? "null"
        : Array.isArray(value)
          ? "a list"
          : typeof value;
  return new ShapeError(`${path === "" ? "the whole" : path}: expected ${expected}, got ${kind}`);
}
