import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseIdent } from "./ident.ts";
import { compareByParts, compareIdents } from "./order.ts";
import { compareText, splitLines, trimText } from "./text.ts";
import { compareVersions, compareVersionsOrText, parseVersion } from "./version.ts";

describe("versions", () => {
  test("split into numbers and extension", () => {
    expect(parseVersion("1.2.3-beta16")).toEqual({ numbers: ["1", "2", "3"], extension: "beta16" });
    expect(parseVersion("undefined")).toBeUndefined();
  });
  test.each([
    ["1.0.0-alpha1", "undefined"],
    ["19.1.0.", "19.1.0"],
    ["1..2", "1.1"],
    ["18446744073709551616", "1"],
    ["foo", "1"],
  ])("%s and %s have no order as numbers", (a, b) => expect(compareVersions(a, b)).toBeUndefined());
});

const version = fc.stringMatching(/^[0-9a-c.-]{1,8}$/);

describe("orders", () => {
  test("which is newer does not depend on the side asked from", () => {
    fc.assert(
      fc.property(
        version,
        version,
        (a, b) => compareVersionsOrText(a, b) === -compareVersionsOrText(b, a) || a === b,
      ),
    );
  });
  test("numeric versions are ordered without circles", () => {
    const numeric = fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("."));
    fc.assert(
      fc.property(numeric, numeric, numeric, (a, b, c) => {
        const [x, y, z] = [a, b, c].sort(compareVersionsOrText) as [string, string, string];
        return compareVersionsOrText(x, z) <= 0 && compareVersionsOrText(x, y) <= 0;
      }),
    );
  });
  test.each([
    ["core/redis", "core/redis", undefined],
    ["core/redis", "core/redis/1", -1],
    ["core/redis/1", "core/redis/1", undefined],
    ["core/redis/1/2", "core/redis/1", 1],
    ["adam/blueberry/1.0.0/R", "banana/blueberry/1.0.0/R", 0],
    ["awesome/snoopy/1.0.1/R", "awesome/banana/1.0.0/R", undefined],
    ["ty/tabor/random/20150521131556", "ty/tabor/random/20150521131555", 1],
    ["ty/tabor/random/1", "ty/tabor/undefined/1", -1],
  ])("%s against %s: %p", (a, b, expected) => {
    expect(compareIdents(parseIdent(a), parseIdent(b))).toBe(expected as number);
  });
  test("listings keep different releases apart", () => {
    const [a, b] = ["a/p/1.0/1", "a/p/1.0.0/1"].map((text) => parseIdent(text)) as never[];
    expect(compareByParts(a as never, b as never)).not.toBe(0);
  });
});

describe("text", () => {
  test("compares as UTF-8 bytes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        (a, b) => compareText(a, b) === Buffer.compare(Buffer.from(a), Buffer.from(b)),
      ),
    );
    expect(compareText("\uffff", "\u{1f600}")).toBe(-1);
  });
  test("trims U+0085 and keeps U+FEFF", () => {
    expect(trimText("\u0085 x\u3000\r\n")).toBe("x");
    expect(trimText("\ufeffx")).toBe("\ufeffx");
    expect(trimText(" \n")).toBe("");
  });
  test("splits lines at LF with an optional CR", () => {
    expect(splitLines("a\r\nb\n")).toEqual(["a", "b"]);
    expect(splitLines("a\n\nb")).toEqual(["a", "", "b"]);
    expect(splitLines("")).toEqual([]);
    expect(splitLines("a\r")).toEqual(["a\r"]);
  });
});
