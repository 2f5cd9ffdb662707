import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { generatedPages, leftoverPages } from "../script/docs.ts";

describe("pages made from the code are current (script/bun script/docs.ts)", async () => {
  test.each((await generatedPages()).map(({ path, text }) => [basename(path), path, text]))(
    "%s",
    (_, path, text) => {
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  test("and none is of a command that is gone", async () => {
    expect(await leftoverPages()).toEqual([]);
  });
});
