import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HabError } from "../error/index.ts";
import { artifactFileName } from "./artifact-name.ts";
import {
  formatIdent,
  isPathSafe,
  isValidOriginName,
  isValidPackageName,
  parseFullIdent,
  parseIdent,
  satisfies,
} from "./ident.ts";
import { parseTarget } from "./target.ts";

const part = fc.string({ unit: "binary" }).filter((text) => !text.includes("/"));
const ident = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join("/"));

describe("parsing", () => {
  test("two to four parts; a text of any other count is refused", () => {
    expect(parseIdent("core/redis")).toEqual({ origin: "core", name: "redis" });
    expect(parseIdent("core/redis/4")).toEqual({ origin: "core", name: "redis", version: "4" });
    for (const text of ["", "core", "a/b/c/d/e", "////"]) expect(() => parseIdent(text)).toThrow(HabError);
  });
  test("parts are not checked further", () => {
    expect(parseIdent("/")).toEqual({ origin: "", name: "" });
    expect(parseIdent("a/b/")).toEqual({ origin: "a", name: "b", version: "" });
  });
  test("a full ident has all four", () => {
    expect(() => parseFullIdent("core/redis/4")).toThrow(HabError);
    expect(parseFullIdent("core/redis/4/2020").release).toBe("2020");
  });
  test("text and ident are the same thing", () => {
    fc.assert(fc.property(ident, (text) => formatIdent(parseIdent(text)) === text));
  });
});

describe("satisfies", () => {
  test.each([
    ["core/redis", "core/redis/4.0.14/20190101000000", true],
    ["core/redis/4.0.14", "core/redis", true],
    ["core/redis/1.0", "core/redis/1.0.0", false],
    ["core/redis/4/1", "core/redis/4/2", false],
    ["core/redis", "acme/redis", false],
  ])("%s and %s: %p", (a, b, expected) => {
    expect(satisfies(parseIdent(a), parseIdent(b))).toBe(expected);
  });
  test("holds both ways round", () => {
    fc.assert(
      fc.property(
        ident,
        ident,
        (a, b) => satisfies(parseIdent(a), parseIdent(b)) === satisfies(parseIdent(b), parseIdent(a)),
      ),
    );
  });
});

describe("names", () => {
  test("origins", () => {
    for (const name of ["foo", "foo_bar", "foo-bar", "0xdeadbeef"])
      expect(isValidOriginName(name)).toBe(true);
    for (const name of [
      "Core",
      " foo",
      "foo ",
      "!foo",
      "foo bar",
      "0xDEADBEEF",
      "",
      "foo\n",
      "a".repeat(256),
    ])
      expect(isValidOriginName(name)).toBe(false);
  });
  test("packages", () => {
    for (const name of ["rocket-one", "rocket_one"]) expect(isValidPackageName(name)).toBe(true);
    for (const name of ["rocket.one", "rocket%one", "", "rocket\n"])
      expect(isValidPackageName(name)).toBe(false);
  });
  test("no part may lead out of the package directory", () => {
    for (const text of ["../redis", "core/..", "core/redis/.", "core//1/2", "core/re\0dis"])
      expect(isPathSafe(parseIdent(text))).toBe(false);
    expect(isPathSafe(parseIdent("sp ace/na me/.5/rel"))).toBe(true);
  });
});

describe("artifact file names", () => {
  test("join the parts and the target", () => {
    expect(
      artifactFileName(
        parseIdent("tom-petty/the_last__dj/1.0.0/20180701125610"),
        parseTarget("x86_64-linux"),
      ),
    ).toBe("tom-petty-the_last__dj-1.0.0-20180701125610-x86_64-linux.hart");
  });
  test("need a full ident of harmless parts", () => {
    expect(() => artifactFileName(parseIdent("acme/not-enough"))).toThrow(HabError);
    expect(() => artifactFileName(parseIdent("acme/../1/2"))).toThrow(HabError);
  });
});

test("targets are exact", () => {
  expect(parseTarget("x86_64-linux-kernel2")).toBe("x86_64-linux-kernel2");
  for (const text of ["X86_64-linux", "x86_64", "", "x86_64-linux "])
    expect(() => parseTarget(text)).toThrow(HabError);
});
