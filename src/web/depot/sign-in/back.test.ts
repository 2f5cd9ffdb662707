import { describe, expect, test } from "bun:test";
import { safeBack } from "./back.ts";

describe("where a reader goes after signing in", () => {
  test.each(["/", "/origins/acme/channels/stable?tab=history", "/pkgs/acme/app%20x"])(
    "%s is ours",
    (path) => {
      expect(safeBack(path)).toBe(path);
    },
  );

  test.each([
    null,
    "",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "https://elsewhere.example/",
    "javascript:alert(1)",
    "/a\nb",
    "/sign-in?back=/",
    `/${"x".repeat(600)}`,
  ])("%j is not, and leads to the start", (path) => {
    expect(safeBack(path)).toBe("/");
  });
});
