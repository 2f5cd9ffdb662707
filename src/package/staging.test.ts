import { afterEach, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "./staging.ts";

const place = mkdtempSync(join(tmpdir(), "hab-staging-"));
afterEach(() => rmSync(place, { recursive: true, force: true }));

describe("removing a tree", () => {
  test("takes what forbids it, names that are no text, and links without what they lead to", () => {
    const tree = join(place, "tree");
    mkdirSync(join(tree, "closed/inner"), { recursive: true });
    writeFileSync(join(tree, "closed/inner/file"), "x");
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0xfe])]), "x");
    writeFileSync(join(place, "kept"), "x");
    symlinkSync(place, join(tree, "up"));
    symlinkSync(join(place, "kept"), join(tree, "file"));
    chmodSync(join(tree, "closed"), 0);
    removeTree(tree);
    expect(existsSync(tree)).toBe(false);
    expect(existsSync(join(place, "kept"))).toBe(true);
  });

  test("takes a file, and nothing", () => {
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "file"), "x");
    removeTree(join(place, "file"));
    removeTree(join(place, "file"));
    expect(existsSync(join(place, "file"))).toBe(false);
  });
});
