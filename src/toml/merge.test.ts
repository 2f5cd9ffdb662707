import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { formatJson, formatToml, mergeTables, parseToml, type TomlTable } from "./index.ts";

const read = (text: string) => parseToml(text, { source: "test" });
const merged = (base: string, incoming: string) => formatToml(mergeTables(read(base), read(incoming)).table);
const nested = (levels: number, value: number) => `[${Array(levels).fill("k").join(".")}]\nv = ${value}\n`;

describe("merging tables (services.md §11, §27)", () => {
  test("later scalars win, keys keep their place, new ones follow", () => {
    expect(
      merged(
        'fruit = "apple"\nveggie = "carrot"\nawesomeness = 10',
        'new = 1\nfruit = "orange"\nawesomeness = 99',
      ),
    ).toBe('fruit = "orange"\nveggie = "carrot"\nawesomeness = 99\nnew = 1\n');
  });

  test("tables merge; arrays, arrays of tables and other types are replaced whole", () => {
    expect(
      merged(
        '[server]\nsome-details = "initial"\nport = 1000',
        '[server]\nport = 5000\nmore-details = "yep"',
      ),
    ).toBe('[server]\nsome-details = "initial"\nport = 5000\nmore-details = "yep"\n');
    expect(merged("a = [1, 2]\n[[t]]\nx = 1\n[s]\ny = 1", 'a = "s"\nt = [{ z = 1 }]\ns = 5')).toBe(
      'a = "s"\ns = 5\n\n[[t]]\nz = 1\n',
    );
  });

  test("30 nested levels merge, the 31st stops the merge", () => {
    const fits = mergeTables(read(nested(30, 1)), read(nested(30, 2)));
    expect(fits.problem).toBeUndefined();
    expect(formatToml(fits.table)).toBe(nested(30, 2));
    const base = read(nested(31, 1));
    const stopped = mergeTables(base, read(`first = 1\n${nested(31, 2)}\n[last]\n`));
    expect(stopped.problem).toBe("Max recursive merge depth of 30 exceeded.");
    expect(formatToml(stopped.table)).toBe(`first = 1\n\n${nested(31, 1)}`);
  });

  test("neither side changes, and merging a table over itself or nothing changes nothing", () => {
    const leaf = fc.constantFrom<TomlTable[]>(
      read("a = 1"),
      read("b.c = 1\nb.d = 2"),
      read("b = 1\n10 = 1\n2 = 1"),
      read("b.c.e = 1"),
    );
    fc.assert(
      fc.property(leaf, leaf, (base, incoming) => {
        const before = formatJson([base, incoming]);
        const { table } = mergeTables(base, incoming);
        expect(formatJson([base, incoming])).toBe(before);
        expect(formatJson(mergeTables(table, incoming).table)).toBe(formatJson(table));
        expect(formatJson(mergeTables(base, new Map()).table)).toBe(formatJson(base));
      }),
    );
  });
});
