import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLeaks } from "./hermetic.ts";

let root: string;
let prefix: string;
let dependency: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-leaks-"));
  prefix = join(root, "package");
  dependency = join(root, "dependency");
  for (const directory of [prefix, dependency]) mkdirSync(directory);
});
afterEach(() => rmSync(root, { recursive: true }));

const leaks = () =>
  findLeaks(prefix, [dependency]).map(({ path, problem }) => `${path.slice(prefix.length + 1)} ${problem}`);
function script(name: string, interpreter: string, mode = 0o755) {
  writeFileSync(join(prefix, name), `#!${interpreter}\n`);
  chmodSync(join(prefix, name), mode);
}

describe("a package leaks by", () => {
  test("a program with the loader of the host", () => {
    copyFileSync(process.execPath, join(prefix, "program"));
    const found = leaks();
    expect(found[0]).toMatch(/^program has the interpreter \/lib.*ld-linux/);
    expect(found.some((each) => /needs libc\.so\.6, which is in no directory/.test(each))).toBe(true);
  });

  test("a link to the host, or to nothing", () => {
    symlinkSync("/etc/passwd", join(prefix, "host"));
    symlinkSync("nowhere", join(prefix, "nothing"));
    expect(leaks()).toEqual([
      "host is a link to /etc/passwd, outside of the package and its dependencies",
      `nothing is a link to ${join(prefix, "nowhere")}, which does not exist`,
    ]);
  });

  test("a script for an interpreter of the host", () => {
    script("tool", "/bin/sh");
    expect(leaks()).toEqual(["tool is a script for /bin/sh"]);
  });

  test("a file that runs with the rights of its owner", () => {
    writeFileSync(join(prefix, "su"), "");
    chmodSync(join(prefix, "su"), 0o4755);
    expect(leaks()).toEqual(["su runs with the rights of its owner (setuid or setgid)"]);
  });
});

describe("a package does not leak by", () => {
  test("links and scripts that stay within it and its dependencies", () => {
    writeFileSync(join(dependency, "sh"), "");
    script("tool", join(dependency, "sh"));
    symlinkSync(join(dependency, "sh"), join(prefix, "sh"));
    symlinkSync("tool", join(prefix, "same"));
    expect(leaks()).toEqual([]);
  });

  test("texts that nothing runs, and hooks, which are templates", () => {
    script("example", "/bin/sh", 0o644);
    mkdirSync(join(prefix, "hooks"));
    script("hooks/run", '{{pkgPathFor "core/bash"}}/bin/bash');
    expect(leaks()).toEqual([]);
  });
});
