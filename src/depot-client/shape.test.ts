import { describe, expect, test } from "bun:test";
import { list, number, optional, record, type Shape, ShapeError, text, truth } from "./shape.ts";

const person = record({
  name: text,
  age: optional(number),
  tags: list(record({ tag: text })),
  isHere: truth,
});
const good = { name: "a", tags: [{ tag: "t" }], isHere: true };

describe("a shape", () => {
  test("gives what it knows and leaves out the rest", () => {
    expect(person({ ...good, age: 3, more: 1 }, "")).toEqual({ ...good, age: 3 });
  });

  test("takes null and nothing where a field is optional", () => {
    expect(person({ ...good, age: null }, "")).toEqual({ ...good, age: null });
    expect(person(good, "")).toEqual(good);
  });

  test.each<[string, unknown, string]>([
    ["no object", 3, "the whole: expected an object, got number"],
    ["a list", [], "the whole: expected an object, got a list"],
    ["a missing field", { ...good, name: undefined }, "name: expected a text, got nothing"],
    ["a field of another type", { ...good, age: "3" }, "age: expected a number, got string"],
    ["a field deep inside", { ...good, tags: [{ tag: null }] }, "tags.0.tag: expected a text, got null"],
    ["an object for a list", { ...good, tags: {} }, "tags: expected a list, got object"],
    ["a number for a truth", { ...good, isHere: 1 }, "isHere: expected true or false, got number"],
  ])("refuses %s and says where", (_, value, message) => {
    expect(() => person(value, "")).toThrow(new ShapeError(message));
  });

  test("does not take what an object inherits", () => {
    const shape: Shape<unknown> = record({ toString: text });
    expect(() => shape({}, "")).toThrow(ShapeError);
    expect(
      record({ __proto__x: optional(text) })(JSON.parse('{"__proto__": {"__proto__x": "y"}}'), ""),
    ).toEqual({});
  });
});
