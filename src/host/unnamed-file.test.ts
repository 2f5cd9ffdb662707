import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appearInOrder, UnnamedFile, writeFileUnnamed } from "./unnamed-file.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-unnamed-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a file appears when it is whole, with its mode, in the place of what was there", async () => {
  const path = join(directory, "file");
  writeFileSync(path, "old");
  await writeFileUnnamed(path, 0o644, (descriptor) => {
    writeSync(descriptor, "new");
    expect(readFileSync(path, "utf8")).toBe("old");
  });
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(readdirSync(directory)).toEqual(["file"]);
});

test("one that is not written to its end leaves everything as it was", async () => {
  const path = join(directory, "file");
  writeFileSync(path, "old");
  const failing = writeFileUnnamed(path, 0o644, (descriptor) => {
    writeSync(descriptor, "half");
    throw new Error("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(directory)).toEqual(["file"]);
});

test("a directory that is missing is a system error", async () => {
  await expect(writeFileUnnamed(join(directory, "no/file"), 0o644, () => {})).rejects.toMatchObject({
    code: "ENOENT",
  });
});

test("files appear in the order given; those after one that cannot do not", async () => {
  const paths = ["a", "b", "c"].map((name) => join(directory, name));
  const files = paths.map((path) => new UnnamedFile(path));
  try {
    for (const { descriptor } of files) writeSync(descriptor, "text");
    expect(readdirSync(directory)).toEqual([]);
    mkdirSync(paths[1] as string);
    await expect(appearInOrder(files.map((file) => ({ file, mode: 0o640 })))).rejects.toMatchObject({
      code: "EISDIR",
    });
  } finally {
    for (const file of files) file.close();
  }
  expect(readdirSync(directory).sort()).toEqual(["a", "b"]);
  expect(statSync(paths[0] as string).mode & 0o777).toBe(0o640);
});
