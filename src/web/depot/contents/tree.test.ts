// Files as a tree.
import { expect, test } from "bun:test";
import type { ContentsFile } from "../api/types.ts";
import { foundRows, modeText, openRows, treeOf } from "./tree.ts";

const file = (path: string, size: number): ContentsFile => ({
  path,
  kind: "file",
  size,
  mode: 0o644,
  link: null,
});
const FILES = [file("bin/a", 5), file("lib/x/y", 70), file("lib/z", 20), file("README", 1)];

test("directories come first, larger ones before smaller ones, with what is in them", () => {
  const rows = openRows(treeOf(FILES), new Set());
  expect(rows.map(({ name, size, fileCount }) => [name, size, fileCount])).toEqual([
    ["lib", 90, 2],
    ["bin", 5, 1],
    ["README", 1, undefined],
  ]);
});

test("an open directory shows what is in it, a step further in", () => {
  const rows = openRows(treeOf(FILES), new Set(["lib", "lib/x"]));
  expect(rows.map(({ path, depth }) => [path, depth])).toEqual([
    ["lib", 0],
    ["lib/x", 1],
    ["lib/x/y", 2],
    ["lib/z", 1],
    ["bin", 0],
    ["README", 0],
  ]);
});

test("names of JavaScript's own are names like others", () => {
  expect(openRows(treeOf([file("__proto__/constructor", 1)]), new Set(["__proto__"])).length).toBe(2);
});

test("files are found by parts of their path", () => {
  expect(foundRows(FILES, "LIB y").map(({ path }) => path)).toEqual(["lib/x/y"]);
});

test.each([
  [0o755, "rwxr-xr-x"],
  [0o4711, "rws--x--x"],
  [0o1644, "rw-r--r-T"],
])("%d is %s", (mode, text) => expect(modeText(mode)).toBe(text));
