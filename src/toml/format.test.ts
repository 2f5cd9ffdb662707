import { describe, expect, test } from "bun:test";
import { formatToml, formatTomlValue, TomlDateTime, tomlFloat, tomlTable } from "./index.ts";

const text = (value: string) => formatTomlValue(value);

describe("writing TOML (services.md §20.2)", () => {
  test("values first, then sections depth-first with one blank line before each", () => {
    const table = tomlTable({
      t: { u: { c: true }, a: 1n },
      shards: [],
      aot: [{ n: 1n }, { m: { x: 1n } }],
      port: 1n,
    });
    expect(formatToml(table)).toBe(
      "shards = []\nport = 1\n\n[t]\na = 1\n\n[t.u]\nc = true\n\n[[aot]]\nn = 1\n\n[[aot]]\n\n[aot.m]\nx = 1\n",
    );
  });

  test("no header for a table with only sections, a header for an empty one", () => {
    expect(formatToml(tomlTable({ a: { b: { c: 1n } }, e: {} }))).toBe("[a.b]\nc = 1\n\n[e]\n");
    expect(formatToml(new Map())).toBe("");
  });

  test("arrays that are not only tables are inline", () => {
    expect(formatToml(tomlTable({ a: [{ "k k": 1n }, 2.5, [{}], new TomlDateTime("07:32:00")] }))).toBe(
      'a = [{ "k k" = 1 }, 2.5, [{}], 07:32:00]\n',
    );
  });

  test("a service spec", () => {
    const spec = tomlTable({
      ident: "core/redis",
      binds: ["db:pg.default"],
      shutdown_timeout: 10n,
      config_from: undefined,
      health_check_interval: { secs: 123n, nanos: 0n },
    });
    expect(formatToml(spec)).toBe(
      'ident = "core/redis"\nbinds = ["db:pg.default"]\nshutdown_timeout = 10\n\n[health_check_interval]\nsecs = 123\nnanos = 0\n',
    );
  });

  test.each([
    ["plain", '"plain"'],
    ["tab\there", '"tab\\there"'],
    ['say "x"', `'say "x"'`],
    ["C:\\x", "'C:\\x'"],
    [`a'b"c`, `"""a'b"c"""`],
    ["l1\nl2\n", '"""\nl1\nl2\n"""'],
    [`'a\\b"`, `'''\n'a\\b"'''`.replace("\n", "")],
    ["\u0001", '"\\u0001"'],
    ["\u007f", '"\\u007F"'],
    ["a\rb\nc", '"""\na\\rb\nc"""'],
    [`'''"""\\`, `"'''\\"\\"\\"\\\\"`],
  ])("string %j as %s", (value, expected) => expect(text(value)).toBe(expected));

  test.each([
    [1, "1.0"],
    [-0, "-0.0"],
    [0.1, "0.1"],
    [6.626e-34, "0.0000000000000000000000000000000006626"],
    [1e30, "1000000000000000000000000000000.0"],
    [123.456, "123.456"],
    [Number.NaN, "nan"],
    [Number.NEGATIVE_INFINITY, "-inf"],
  ])("float %p as %s", (value, expected) => expect(tomlFloat(value)).toBe(expected));

  test("integers beyond 64 bits are refused", () => {
    expect(() => formatTomlValue(2n ** 64n)).toThrow("does not fit");
  });
});
