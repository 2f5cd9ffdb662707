// Addresses against patterns.
import { expect, test } from "bun:test";
import { fillPattern, matchPattern } from "./pattern.ts";

test.each([
  ["/", "/", {}],
  ["/", "", {}],
  ["/pkgs/:o", "/pkgs/core", { o: "core" }],
  ["/pkgs/:o", "/pkgs/core/", { o: "core" }],
  ["/pkgs/:o", "/pkgs/a%2Fb", { o: "a/b" }],
  ["/pkgs/:o", "/pkgs", undefined],
  ["/pkgs/:o", "/pkgs/core/redis", undefined],
  ["/pkgs/:o", "/pkgs/%E0%A4%A", undefined],
  ["/files/*", "/files/a/b", { rest: "a/b" }],
] as const)("%s takes %s", (pattern, path, params) => {
  expect(matchPattern(pattern, path)).toEqual(params as never);
});

test("a filled pattern matches with the same values, whatever they are", () => {
  for (const value of ["core", "a/b", "ä ö", "%2F", "..", "x".repeat(255)])
    expect(matchPattern("/p/:a/:b", fillPattern("/p/:a/:b", { a: value, b: "1" }))).toEqual({
      a: value,
      b: "1",
    });
});
