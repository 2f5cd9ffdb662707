import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  configVariable,
  formatJson,
  formatToml,
  jsonToToml,
  parseConfigVariable,
  parseJson,
  parseToml,
  tomlToJson,
} from "./index.ts";

const again = (text: string) => formatJson(parseJson(text, { source: "mock.json" }));

describe("JSON", () => {
  test.each([
    ['{"b":1,"10":2,"2":3}', '{"b":1,"10":2,"2":3}'],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
    [
      "[1,1.0,1e0,-0,18446744073709551615,18446744073709551616]",
      "[1,1.0,1.0,-0.0,18446744073709551615,1.8446744073709552e+19]",
    ],
    [
      "[1e15,1e16,0.00001,0.000001,6.626e-34]",
      "[1000000000000000.0,1e+16,0.00001,1e-6,6.626000000000001e-34]",
    ],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['["\\ud83e\\udd80\\u0001/\\/"]', '["🦀\\u0001//"]'],
    [" [ ] ", "[]"],
  ])("%s reads and writes as %s", (text, expected) => expect(again(text)).toBe(expected));

  test.each([
    ["{", "line 1, column 2: expected a key in double quotes, found the end of the text"],
    ['{"a":1,}', "line 1, column 8: expected a key"],
    ["[1,]", "line 1, column 4: expected a value, found `]`"],
    ["1 2", "line 1, column 3: expected the end of the text"],
    ["[01]", "line 1, column 3: expected `,` or `]`"],
    ["1e999", "line 1, column 1: this number is too large"],
    ["nul", "line 1, column 1: expected a value"],
  ])("%s fails: %s", (text, expected) =>
    expect(() => again(text)).toThrow(`cannot read mock.json: ${expected}`),
  );

  test("nesting is limited", () =>
    expect(() => again("[".repeat(1_000_000))).toThrow("nested more than 128"));

  test("indented text has two spaces a level and no space in empty brackets", () => {
    expect(formatJson({ a: [1n, {}], b: [], c: undefined }, 2)).toBe(
      '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}',
    );
  });

  test("agrees with JSON.parse on what both can hold", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(again(text))).toEqual(
          JSON.parse(text, (_, inner) =>
            typeof inner === "number" ? JSON.parse(again(String(inner))) : inner,
          ),
        );
      }),
    );
  });
});

describe("JSON and TOML", () => {
  test("a date-time is an object with one key, what is not finite is null", () => {
    expect(formatJson(tomlToJson(parseToml("d = 1979-05-27\nn = [nan, 1.5]", { source: "x" })))).toBe(
      '{"d":{"$__toml_private_datetime":"1979-05-27"},"n":[null,1.5]}',
    );
  });

  test("null and large integers have no TOML", () => {
    expect(() => jsonToToml(parseJson("[null]", { source: "x" }))).toThrow("null has no form in TOML");
    expect(() => jsonToToml(parseJson("18446744073709551615", { source: "x" }))).toThrow("does not fit");
  });
});

describe("the environment layer (services.md §11)", () => {
  test("the variable's name", () => expect(configVariable("testing-toml2")).toBe("HAB_TESTING_TOML2"));

  test.each([
    ["port = 1234", "port = 1234\n"],
    ['{"port": 1234}', "port = 1234\n"],
    ["", ""],
    ['{"port": 1e3, "g": 1e30}', "port = 1000.0\ng = 1000000000000000000000000000000.0\n"],
  ])("%j", (text, expected) => expect(formatToml(parseConfigVariable("HAB_X", text))).toBe(expected));

  test.each([
    '{"port: 1234 what even is this!!!!?! =',
    '{"port": null}',
    "[1, 2]",
    '{"port": 18446744073709551615}',
    "hello",
  ])("%j is refused", (text) =>
    expect(() => parseConfigVariable("HAB_X", text)).toThrow(
      "Unable to find valid TOML or JSON in HAB_X ENVVAR",
    ),
  );
});
