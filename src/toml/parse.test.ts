import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parse as referenceParse } from "smol-toml";
import { isKind } from "../error/index.ts";
import {
  formatJson,
  formatToml,
  parseToml,
  TomlDateTime,
  type TomlTable,
  type TomlValue,
  tomlErrors,
} from "./index.ts";

const read = (text: string) => parseToml(text, { source: "default.toml" });
const json = (text: string) => formatJson(read(text));

function failure(text: string): string {
  try {
    read(text);
  } catch (error) {
    expect(isKind(error, tomlErrors.syntax)).toBe(true);
    return (error as Error).message.replace("cannot read default.toml: ", "");
  }
  return "no error";
}

describe("parsing TOML", () => {
  test("keys keep their order, also those that look like integers", () => {
    expect([...read("b = 1\n10 = 2\n2 = 3\na = 4").keys()]).toEqual(["b", "10", "2", "a"]);
  });

  test("__proto__ and constructor are keys like any other", () => {
    const table = read("__proto__.x = 1\nconstructor = 2\n[t.__proto__]\ny = 1");
    expect([...table.keys()]).toEqual(["__proto__", "constructor", "t"]);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  test("integers have 64 bits and differ from floats", () => {
    expect(read("a = 9223372036854775807\nb = 1.0\nc = 1\nd = 0xff\ne = 1_000\nf = +7").get("a")).toBe(
      9223372036854775807n,
    );
    expect(read("b = 1.0").get("b")).toBe(1);
    expect(read("c = 1").get("c")).toBe(1n);
    expect(read("c = +1_0").get("c")).toBe(10n);
    expect(read("c = 0b101").get("c")).toBe(5n);
    expect(read("c = -inf").get("c")).toBe(Number.NEGATIVE_INFINITY);
    expect(read("c = -0.0").get("c")).toBe(-0);
  });

  test.each([
    ["1979-05-27T07:32:00Z", "1979-05-27T07:32:00Z"],
    ["1979-05-27 07:32:00.999999-07:00", "1979-05-27T07:32:00.999999-07:00"],
    ["1979-05-27t07:32z", "1979-05-27T07:32Z"],
    ["1979-05-27T07:32:00.500", "1979-05-27T07:32:00.5"],
    ["1979-05-27", "1979-05-27"],
    ["07:32:00.000", "07:32:00"],
    ["2024-02-29", "2024-02-29"],
  ])("date-time %s keeps its text as %s", (text, expected) => {
    expect(read(`d = ${text}`).get("d")).toEqual(new TomlDateTime(expected));
  });

  test.each([
    "1979-02-29",
    "1979-13-01",
    "24:00:00",
    "07:32:00Z",
    "1979-05-27T",
    "1900-02-29",
    "1979-05-27T07:60",
  ])("%s is not a date or time", (text) => expect(failure(`d = ${text}`)).toContain("line 1, column 5"));

  test.each([
    ['a = "\\e[0m \\x41 \\u00e9 \\U0001F980"', '{"a":"\\u001b[0m A é 🦀"}'],
    ['a = """\nx\n  y \\\n  z"""', '{"a":"x\\n  y z"}'],
    ["a = '''\nraw \\n\n'''", '{"a":"raw \\\\n\\n"}'],
    ["a = ''''two'''''", `{"a":"'two''"}`],
    ['a = """"""', '{"a":""}'],
    ['a = """x"""""', '{"a":"x\\"\\""}'],
    ["a = { b = 1, # c\n c.d = [ 2, ], }", '{"a":{"b":1,"c":{"d":[2]}}}'],
    ["[[x]]\na = 1\n[[x]]\na = 2\n[x.sub]\nb = 3", '{"x":[{"a":1},{"a":2,"sub":{"b":3}}]}'],
    ["a.b.c = 1\nd = 1\na.h = 4", '{"a":{"b":{"c":1},"h":4},"d":1}'],
    ["\ufeffa = 1\r\nb = 2\r\n", '{"a":1,"b":2}'],
    ["[a.b]\nx = 1\n[c]\n[a]\ny = 2", '{"c":{},"a":{"b":{"x":1},"y":2}}'],
    [
      "[fruit]\napple.color = 1\n[fruit.apple.texture]\ns = 1",
      '{"fruit":{"apple":{"color":1,"texture":{"s":1}}}}',
    ],
    ["\"a b\".'c.d' = 1", '{"a b":{"c.d":1}}'],
  ])("%j", (text, expected) => expect(json(text)).toBe(expected));

  test.each([
    ["a = ", "line 1, column 5: expected a value, found the end of the text"],
    ["[x\n", "line 1, column 3: a table header ends with `]`, found the end of the line"],
    ["a = 1\na = 2\n", "line 2, column 1: `a` is already defined"],
    ["v = 9223372036854775808", "line 1, column 5: an integer lies between"],
    ["v = 01", "line 1, column 5: a number has no leading zero"],
    ["v = 1.", "line 1, column 7: a decimal point has digits on both sides"],
    ["v = 0x", "line 1, column 5: `0x` has no or wrong digits"],
    ["v = 1e", "line 1, column 7: an exponent has digits"],
    ["v = +0x1", "line 1, column 5: a hexadecimal, octal or binary number has no sign"],
    ["v = 1__0", "line 1, column 6: `_` may stand only between digits"],
    ["v = --1", "line 1, column 6: a number has at most one sign"],
    ["v = hello", 'line 1, column 5: `hello` is not a value; text needs quotes: "hello"'],
    ['v = "größe🦀" x', "line 1, column 14: expected the end of the line, found `x`"],
    ['v = "a\nb"', "line 1, column 7: this string is not closed"],
    ['v = "a\\qb"', "line 1, column 7: `\\q` is not an escape"],
    ['v = "\\ud800"', "line 1, column 6: `\\u` takes 4 hexadecimal digits"],
    ["v = [1\n", "line 1, column 5: this is not closed with `]`"],
    ["v = {a = 1 b = 2}", "line 1, column 12: expected `,` or `}`, found `b`"],
    ["[a]\n[a]", "line 2, column 2: `a` is already defined"],
    ["a = {}\n[a.b]", "line 2, column 2: `a` is already defined and cannot be extended"],
    ["a = {}\na.b = 1", "line 2, column 1: `a` is already defined and cannot be extended"],
    ["a = []\n[[a]]", "line 2, column 3: `a` already has a value that is not an array of tables"],
    ["[a.b.c]\n[a]\nb.d = 1\nb.d = 1", "line 4, column 1: `d` is already defined"],
    ["[a.b]\n[a]\nb.c = 1", "line 3, column 1: `b` is already defined and cannot be extended"],
    ["[a]\nb.c = 1\n[a.b]", "line 3, column 2: `b` is already defined"],
    ["é = 1", "line 1, column 1: expected a key, found `é`"],
    ["a 1", "line 1, column 3: a key is followed by `=`, found `1`"],
    ["# a\u0001", "line 1, column 4: the control character U+0001 is not allowed in a comment"],
  ])("%j fails with %s", (text, expected) => expect(failure(text)).toContain(expected));

  test("nesting and size are limited before anything is built", () => {
    for (const text of [
      `a = ${"[".repeat(200)}`,
      `${"a.".repeat(200)}a = 1`,
      `[${"a.".repeat(200)}a]`,
      `a = ${"{a=".repeat(100_000)}`,
    ]) {
      expect(() => read(text)).toThrow("nested more than 128 levels deep");
    }
    expect(() => parseToml("a = 1", { source: "x", maxBytes: 4 })).toThrow(
      "x is 5 bytes, more than the 4 allowed",
    );
  });

  test("bytes that are not UTF-8 are refused", () => {
    expect(() => parseToml(new Uint8Array([0x61, 0xff]), { source: "x" })).toThrow("x: it is not UTF-8 text");
  });
});

const key = fc.oneof(
  fc.constantFrom("a", "b-c", "10", "2", "a b", "__proto__", ""),
  fc.string({ unit: "grapheme" }),
);
const table: fc.Arbitrary<TomlTable> = fc.letrec<{ table: TomlTable; value: TomlValue }>((tie) => ({
  table: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom("'", '"', "\\", "\n", "a", "\t", "\u007f") }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.boolean(),
    fc.constant(new TomlDateTime("1979-05-27T07:32:00Z")),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("table"),
  ),
})).table;

describe("TOML properties", () => {
  test("what is written reads back, and an independent parser agrees", () => {
    fc.assert(
      fc.property(table, (value) => {
        const text = formatToml(value);
        const again = read(text);
        // Writing puts the sections last; from then on the order is fixed.
        expect(formatToml(again)).toBe(text);
        expect(plain(again)).toEqual(plain(referenceParse(text, { integersAsBigInt: true }) as never));
      }),
      { numRuns: 300 },
    );
  });

  test("no text makes it fail other than by its own errors", () => {
    const pieces = fc.constantFrom(
      "[",
      "]",
      "{",
      "}",
      "a",
      "=",
      ".",
      ",",
      '"',
      "'",
      "\n",
      "1",
      "#",
      "\\",
      " ",
      "-",
      "e",
      ":",
      "inf",
    );
    fc.assert(
      fc.property(fc.string({ unit: pieces, maxLength: 40 }), (text) => {
        const own = outcome(() => plain(read(text)));
        const other = outcome(() => plain(referenceParse(text, { integersAsBigInt: true }) as never));
        // Where both accept, they agree.
        if (own !== "refused" && other !== "refused") expect(own).toEqual(other);
      }),
      { numRuns: 3000 },
    );
  });
});

function outcome(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return "refused";
  }
}

/** Either parser's result without regard to key order or the type of date-times. */
function plain(value: unknown): unknown {
  if (value instanceof Date || value instanceof TomlDateTime) return "date-time";
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return new Map(
    entries.map(([name, inner]) => [name, plain(inner)] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
