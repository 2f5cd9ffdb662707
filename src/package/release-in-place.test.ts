import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPath } from "./installed.ts";
import { ReleaseInPlace } from "./release-in-place.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-in-place-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const release = (name: string, version: string, stamp: string) => ({
  origin: "acme",
  name,
  version,
  release: stamp,
});
function make(ident: ReturnType<typeof release>, ...files: string[]): string {
  const path = installPath(ident, root);
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), "");
  return path;
}

test("what unfinished builds of the same package have left goes, and nothing else", () => {
  const left = make(release("app", "1.0", "20260101000001"), "IDENT");
  const leftOfAnotherVersion = make(release("app", "0.9", "20260101000000"));
  const finished = make(release("app", "1.0", "20260101000002"), "IDENT", "TARGET");
  const other = make(release("other", "1.0", "20260101000001"), "IDENT");
  const busy = release("app", "1.0", "20260101000003");
  const being = ReleaseInPlace.begin(busy, root);
  make(busy, "IDENT");
  const place = ReleaseInPlace.begin(release("app", "1.0", "20260101000004"), root);
  for (const gone of [left, leftOfAnotherVersion]) expect(existsSync(gone)).toBe(false);
  for (const path of [finished, other, installPath(busy, root)]) expect(existsSync(path)).toBe(true);
  being.end();
  place.end();
});

test("a release that is being made is refused to others until it is given up", () => {
  const ident = release("app", "1.0", "20260101000001");
  const first = ReleaseInPlace.begin(ident, root);
  expect(() => ReleaseInPlace.begin(ident, root)).toThrow(expect.objectContaining({ code: "HAB-PKG-075" }));
  first.end();
  ReleaseInPlace.begin(ident, root).end();
  expect(readdirSync(root)).toEqual(["hab"]);
  expect(readdirSync(join(root, "hab/pkgs"))).toEqual([]);
});
