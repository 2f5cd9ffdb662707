// Files of Debian in a package: links, scripts, headers and files of pkg-config lead to packages.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { finishFiles, installFiles } from "./install.ts";
import { placesNamed } from "./rewrite-pkg-config.ts";

const TRIPLET = "x86_64-linux-gnu";
let root: string;
let unpacked: string;
let prefix: string;
let shell: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-deb-install-"));
  unpacked = join(root, "root");
  prefix = join(root, "pkgs/core/tool/1/1");
  shell = join(root, "pkgs/core/bash/5/1");
  for (const name of ["bash", "sh", "env"]) write(join(shell, "bin", name));
  for (const each of [unpacked, prefix]) mkdirSync(each, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = "", mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const install = (drop: string[] = [], keep: string[] = []) =>
  installFiles({ from: unpacked, licences: join(root, "licences"), prefix, triplet: TRIPLET, drop, keep });

const finish = () =>
  finishFiles(
    { prefix, unpacked, direct: [shell], all: [shell], libraryDirectories: [], triplet: TRIPLET },
    "ld-linux-x86-64.so.2",
  );

describe("files", () => {
  const present = (...names: string[]) => names.filter((name) => existsSync(join(prefix, name)));

  test("come without configuration, data and what is dropped, but with what is kept of that", () => {
    for (const name of ["bin/a", "bin/b", "etc/a", "etc/b", "var/a"]) write(join(unpacked, name));
    install(["bin/*"], ["bin/b", "etc/b"]);
    expect(present("bin/a", "bin/b", "etc/a", "etc/b", "var/a")).toEqual(["bin/b", "etc/b"]);
  });

  test("that are headers for one kind of machine are where a compiler finds them that was told of `include`", () => {
    write(join(unpacked, "include/tool.h"));
    write(join(unpacked, `include/${TRIPLET}/tool/machine.h`), "here");
    install();
    for (const place of ["include/tool/machine.h", `include/${TRIPLET}/tool/machine.h`])
      expect(readFileSync(join(prefix, place), "utf8")).toBe("here");
  });

  test("that are headers of C++ for one kind of machine stay where its compiler looks", () => {
    write(join(unpacked, `include/${TRIPLET}/c++/12/config.h`));
    install();
    expect(present("include/c++", `include/${TRIPLET}/c++/12/config.h`)).toEqual([
      `include/${TRIPLET}/c++/12/config.h`,
    ]);
  });
});

describe("links", () => {
  const follow = (name: string) => readlinkSync(join(prefix, name));

  test("to places of Debian lead to the package that has them; within the package they are relative", () => {
    write(join(prefix, "share/tool/data"));
    symlinkSync("/usr/share/tool/data", join(prefix, "own"));
    symlinkSync("/bin/bash", join(prefix, "absolute"));
    mkdirSync(join(prefix, "lib/deep"), { recursive: true });
    symlinkSync("../../bin/bash", join(prefix, "lib/deep/relative"));
    expect(finish()).toEqual({ leftOut: [], missing: [] });
    expect(follow("own")).toBe("share/tool/data");
    expect(follow("absolute")).toBe(join(shell, "bin/bash"));
    expect(follow("lib/deep/relative")).toBe(join(shell, "bin/bash"));
  });

  test("to packages stay", () => {
    symlinkSync(join(shell, "bin"), join(prefix, "tools"));
    expect(finish()).toEqual({ leftOut: [], missing: [] });
    expect(follow("tools")).toBe(join(shell, "bin"));
  });

  test("that lead nowhere are missing", () => {
    symlinkSync("/usr/bin/nothing", join(prefix, "lost"));
    expect(finish().missing).toEqual([{ file: "lost", wanted: "bin/nothing", why: "link" }]);
  });
});

describe("scripts", () => {
  const firstLine = (name: string) => readFileSync(join(prefix, name), "utf8").split("\n")[0];
  const script = (name: string, line: string, mode = 0o755) =>
    write(join(prefix, name), `${line}\necho "#!/bin/sh"\n`, mode);

  test("get the interpreter of a dependency, with its arguments", () => {
    script("plain", "#! /bin/sh -e");
    script("environment", "#!/usr/bin/env bash");
    expect(finish().missing).toEqual([]);
    expect(firstLine("plain")).toBe(`#!${shell}/bin/sh -e`);
    expect(firstLine("environment")).toBe(`#!${shell}/bin/bash`);
    expect(readFileSync(join(prefix, "plain"), "utf8")).toEndWith('echo "#!/bin/sh"\n');
  });

  test("get the package's own interpreter first", () => {
    write(join(prefix, "bin/awk"));
    script("bin/own", "#!/usr/bin/awk -f");
    expect(finish().missing).toEqual([]);
    expect(firstLine("bin/own")).toBe(`#!${prefix}/bin/awk -f`);
  });

  test("of packages stay, and so do files that only begin like one", () => {
    script("ready", `#!${shell}/bin/bash`);
    write(join(prefix, "text"), "# no script\n", 0o755);
    expect(finish().missing).toEqual([]);
    expect([firstLine("ready"), firstLine("text")]).toEqual([`#!${shell}/bin/bash`, "# no script"]);
  });

  test("that somebody runs, for what no dependency has, are missing it; examples are not", () => {
    script("tool", "#!/usr/bin/python3");
    script("example", "#!/usr/bin/python3", 0o644);
    expect(finish().missing).toEqual([{ file: "tool", wanted: "bin/python3", why: "interpreter" }]);
  });
});

describe("files of pkg-config", () => {
  test.each([
    [
      "that name places of Debian",
      "prefix=/usr\nLibs: -L/usr/lib -lz\nCflags: -I/usr/include\n",
      "prefix=/p\nLibs: -L/p/lib -lz\nCflags: -I/p/include\n",
    ],
    ["that say nothing", "Libs: -lsilent\n", `Libs: -L/p/lib/${TRIPLET} -lsilent\nCflags: -I/p/include\n`],
    [
      "that have flags of another kind",
      "Libs: -pthread\nCflags: -DX\n",
      `Libs: -L/p/lib/${TRIPLET} -pthread\nCflags: -DX -I/p/include\n`,
    ],
    ["without a last line end", "Name: x", "Name: x\nCflags: -I/p/include\n"],
  ])("%s name the places of the package", (_, before, after) => {
    expect(placesNamed(before, "/p", TRIPLET)).toBe(after);
  });

  test("are found wherever they are", () => {
    write(join(prefix, "share/pkgconfig/z.pc"), "prefix=/usr\n");
    finish();
    expect(readFileSync(join(prefix, "share/pkgconfig/z.pc"), "utf8")).toStartWith(`prefix=${prefix}\n`);
  });
});
