// What plans/lib/debian.sh does to files of Debian: links, scripts, files of pkg-config and licences. Its functions run in a shell
// of their own, as the build program calls them; what needs apt is not touched.
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

const LIBRARY = join(import.meta.dir, "../../plans/lib/debian.sh");
let root: string;
let prefix: string;
let shell: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-shelf-"));
  prefix = join(root, "pkgs/core/tool/1/1");
  shell = join(root, "pkgs/core/bash/5/1");
  write(join(shell, "bin/bash"));
  write(join(shell, "INTERPRETERS"), `${shell}/bin/bash\n${shell}/bin/sh\n`);
  mkdirSync(prefix, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text = "", mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

/** Runs `commands` with the library; what they say, and how they end. */
function run(commands: string) {
  const script = `set -eE
    pkg_target=x86_64-linux HAB_CACHE_SRC_PATH=${root}/cache HAB_PKG_PATH=${root}/pkgs CACHE_PATH=${root}/build
    pkg_prefix=${prefix} pkg_deps_resolved=(${shell}) pkg_tdeps_resolved=(${shell}) INITIAL_PATH=$PATH
    exit_with() { echo "$1"; exit "$2"; }
    source ${LIBRARY}
    ${commands}`;
  const { stdout, exitCode } = Bun.spawnSync(["bash", "-c", script], { stderr: "inherit" });
  return { said: stdout.toString().trim(), exitCode };
}

describe("links", () => {
  const follow = (name: string) => readlinkSync(join(prefix, name));

  test("to places of Debian lead to the package that has them", () => {
    write(join(prefix, "share/tool/data"));
    symlinkSync("/usr/share/tool/data", join(prefix, "own"));
    symlinkSync("/bin/bash", join(prefix, "absolute"));
    mkdirSync(join(prefix, "lib/deep"), { recursive: true });
    symlinkSync("../../bin/bash", join(prefix, "lib/deep/relative"));
    expect(run("_debian_fix_links").exitCode).toBe(0);
    expect(follow("own")).toBe(join(prefix, "share/tool/data"));
    expect(follow("absolute")).toBe(join(shell, "bin/bash"));
    expect(follow("lib/deep/relative")).toBe(join(shell, "bin/bash"));
  });

  test("within the package, and to packages, stay", () => {
    write(join(prefix, "data"));
    symlinkSync("data", join(prefix, "own"));
    symlinkSync(join(root, "pkgs/core/other"), join(prefix, "other"));
    expect(run("_debian_fix_links").exitCode).toBe(0);
    expect([follow("own"), follow("other")]).toEqual(["data", join(root, "pkgs/core/other")]);
  });

  test("that lead nowhere end the build", () => {
    symlinkSync("/usr/bin/nothing", join(prefix, "lost"));
    const { said, exitCode } = run("_debian_fix_links");
    expect([exitCode, said]).toEqual([1, expect.stringContaining("The link lost leads to /usr/bin/nothing")]);
  });
});

describe("scripts", () => {
  const firstLine = (name: string) => readFileSync(join(prefix, name), "utf8").split("\n")[0];
  const script = (name: string, line: string, mode = 0o755) =>
    write(join(prefix, name), `${line}\necho "#!/bin/sh"\n`, mode);

  test("get the interpreter of a dependency, with its arguments", () => {
    script("plain", "#! /bin/sh -e");
    script("environment", "#!/usr/bin/env bash");
    expect(run("_debian_fix_scripts").exitCode).toBe(0);
    expect(firstLine("plain")).toBe(`#!${shell}/bin/sh -e`);
    expect(firstLine("environment")).toBe(`#!${shell}/bin/bash`);
    expect(readFileSync(join(prefix, "plain"), "utf8")).toEndWith('echo "#!/bin/sh"\n');
  });

  test("get the package's own interpreter first", () => {
    script("bin/own", "#!/usr/bin/awk -f");
    expect(run("pkg_interpreters=(bin/awk); _debian_fix_scripts").exitCode).toBe(0);
    expect(firstLine("bin/own")).toBe(`#!${prefix}/bin/awk -f`);
  });

  test("that nobody runs, programs, and scripts of packages stay", () => {
    script("example", "#!/bin/sh", 0o644);
    script("program", "\x7fELF");
    script("ready", `#!${shell}/bin/bash`);
    expect(run("_debian_fix_scripts").exitCode).toBe(0);
    expect([firstLine("example"), firstLine("program")]).toEqual(["#!/bin/sh", "\x7fELF"]);
    expect(firstLine("ready")).toBe(`#!${shell}/bin/bash`);
  });

  test("for what no dependency has end the build", () => {
    script("tool", "#!/usr/bin/python3");
    const { said, exitCode } = run("_debian_fix_scripts");
    expect([exitCode, said]).toEqual([1, expect.stringContaining("tool is a script for python3")]);
  });
});

test("headers for one kind of machine are where a compiler finds them that was told of `include`", () => {
  const tree = join(root, "build/root");
  write(join(tree, "include/tool.h"));
  write(join(tree, "include/x86_64-linux-gnu/tool/machine.h"), "here");
  write(join(root, "build/DEBIAN"));
  mkdirSync(join(root, "build/licences"));
  expect(run("debian_install").exitCode).toBe(0);
  for (const place of ["include/tool/machine.h", "include/x86_64-linux-gnu/tool/machine.h"])
    expect(readFileSync(join(prefix, place), "utf8")).toBe("here");
});

test("files of pkg-config name the places of the package", () => {
  write(join(prefix, "lib/pkgconfig/z.pc"), "prefix=/usr\nLibs: -L/usr/lib -lz\nCflags: -I/usr/include\n");
  write(join(prefix, "lib/pkgconfig/silent.pc"), "Libs: -lsilent\n");
  expect(run("_debian_fix_pkg_config").exitCode).toBe(0);
  const text = (name: string) => readFileSync(join(prefix, "lib/pkgconfig", name), "utf8");
  expect(text("z.pc")).toBe(`prefix=${prefix}\nLibs: -L${prefix}/lib -lz\nCflags: -I${prefix}/include\n`);
  expect(text("silent.pc")).toBe(
    `Libs: -L${prefix}/lib/x86_64-linux-gnu -lsilent\nCflags: -I${prefix}/include\n`,
  );
});

describe("licences", () => {
  /** Where Debian has its documentation, and the texts that packages share. */
  const keep = (packages: string) =>
    run(`debian_packages=(${packages}); _debian_common_licences() { __common=${root}/common; }
      mkdir -p ${root}/doc; _debian_keep_licences ${root}/doc`);
  const kept = (name: string) => existsSync(join(root, "build/licences/share", name));
  const document = (name: string, text: string) => write(join(root, "doc", name, "copyright"), text);

  test("of each Debian package are kept, with the shared texts they point to", () => {
    for (const name of ["GPL-2", "GPL-3", "LGPL-2.1", "Artistic"]) write(join(root, "common", name), name);
    document("one", "see /usr/share/common-licenses/GPL-3. Or /usr/share/common-licenses/LGPL-2.1'");
    document("two", "as in /usr/share/common-licenses/Artistic, not /usr/share/common-licenses/Unknown-1");
    expect(keep("one two").exitCode).toBe(0);
    for (const name of ["doc/one/copyright", "doc/two/copyright"])
      expect([name, kept(name)]).toEqual([name, true]);
    const shared = ["GPL-2", "GPL-3", "LGPL-2.1", "Artistic", "Unknown-1"].filter((name) =>
      kept(`common-licenses/${name}`),
    );
    expect(shared).toEqual(["GPL-3", "LGPL-2.1", "Artistic"]);
  });

  test("that are in another Debian package have to be named with it", () => {
    mkdirSync(join(root, "doc"));
    symlinkSync("base", join(root, "doc/one"));
    const without = keep("one");
    expect(without.exitCode).toBe(1);
    expect(without.said).toContain(
      "The Debian package one has no copyright file of its own. Add the one that has it, base,",
    );
    document("base", "all rights");
    expect(keep("one base").exitCode).toBe(0);
    expect([kept("doc/one"), kept("doc/base/copyright")]).toEqual([false, true]);
  });
});
