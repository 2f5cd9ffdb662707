import { describe, expect, test } from "bun:test";
import { similarWords } from "./similarity.ts";

const PKG = (
  "binds binlink build bulkupload channels config delete demote dependencies download env exec export hash header info " +
  "install list path promote provides search sign uninstall upload verify help"
).split(" ");

describe("suggestions are those of the original", () => {
  test.each([
    ["instal", ["binds", "list", "uninstall", "install"]],
    ["lst", ["list"]],
    ["i", ["uninstall", "binlink", "install", "binds", "info", "list", "sign"]],
    ["inst", ["uninstall", "list", "install"]],
    ["nothere", []],
  ])("pkg %s", (word, expected) => {
    const found = similarWords(word, PKG);
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(found.at(-1) ?? "").toBe(expected.at(-1) ?? "");
  });
});
