// plans/binutils/ld.bash, the script around the linker: which search path and interpreter it hands on. A program that prints its
// arguments stands for the linker.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LOADER = "ld-linux-x86-64.so.2";
let root: string;
/** Library directories of packages: this one's C library, another release of it, the compilers' libraries, any other. */
let libc: string;
let newer: string;
let compiler: string;
let other: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "hab-ld-"));
  const directory = (name: string, ...files: string[]) => {
    const path = join(root, name);
    mkdirSync(path, { recursive: true });
    for (const file of files) writeFileSync(join(path, file), "");
    return path;
  };
  libc = directory("core/glibc/1/lib", LOADER);
  newer = directory("core/glibc/2/lib", LOADER);
  compiler = directory("core/gcc-libs/1/lib", "libgcc_s.so.1");
  other = directory("acme/other/1/lib");
  writeFileSync(join(root, "real"), '#!/bin/sh\nprintf "%s\\n" "$@" "LD_RUN_PATH=$LD_RUN_PATH"\n', {
    mode: 0o755,
  });
  const script = readFileSync(join(import.meta.dir, "../../plans/binutils/ld.bash"), "utf8")
    .replace("@bash@", Bun.which("bash") ?? "/bin/bash")
    .replace("@ld@", join(root, "real"))
    .replace("@libc@", libc)
    .replace("@loader@", LOADER);
  writeFileSync(join(root, "ld"), script, { mode: 0o755 });
});
afterAll(() => rmSync(root, { recursive: true }));

/** What the linker gets: all arguments, and the last search path among them. */
function link(runPath: readonly string[], ...given: string[]) {
  const env: Record<string, string> = { PATH: process.env["PATH"] ?? "" };
  if (runPath.length > 0) env["LD_RUN_PATH"] = runPath.join(":");
  const lines = Bun.spawnSync([join(root, "ld"), ...given], { env })
    .stdout.toString()
    .trimEnd()
    .split("\n");
  expect(lines.pop()).toBe("LD_RUN_PATH=");
  const at = lines.lastIndexOf("-rpath");
  return { lines, search: at < 0 ? undefined : lines[at + 1]?.split(":") };
}

describe("the search path is", () => {
  test("LD_RUN_PATH, behind one that a build names itself, as DT_RPATH", () => {
    const { lines, search } = link([other, libc], "-rpath", "/own", "-o", "a", "b c.o");
    expect(lines).toEqual([
      "--disable-new-dtags",
      "-rpath",
      "/own",
      "-o",
      "a",
      "b c.o",
      "-rpath",
      `${other}:${libc}`,
    ]);
    expect(search).toEqual([other, libc]);
  });

  test("with the C library of this package and the compiler's libraries where no plan names any", () => {
    expect(link([], `-L${compiler}`, "-lc").search).toEqual([libc, compiler]);
    expect(link([other], `-L${compiler}`, "-lc").search).toEqual([other, libc, compiler]);
  });

  test("with the compiler's libraries only for those who use them, in a plan that names the C library", () => {
    expect(link([libc], `-L${compiler}`, "-lgcc", "-lc").search).toEqual([libc]);
    expect(link([libc], `-L${other}`, `-L${compiler}`, "-lstdc++").search).toEqual([libc, compiler]);
    expect(link([libc, compiler], `-L${compiler}`, "-lgomp").search).toEqual([libc, compiler]);
  });

  test("absent in a static program that places itself: it would not start", () => {
    expect(link([libc], "-static", "-pie", "--no-dynamic-linker").search).toBeUndefined();
  });
});

describe("the interpreter is", () => {
  const interpreter = (runPath: string[], named: string) => {
    const { lines } = link(runPath, "-dynamic-linker", named, "a.o");
    return lines[lines.indexOf("-dynamic-linker") + 1];
  };

  test("that of the C library a plan names, whichever the compiler was made with", () => {
    expect(interpreter([newer], join(libc, LOADER))).toBe(join(newer, LOADER));
    expect(interpreter([newer], `/lib64/${LOADER}`)).toBe(join(newer, LOADER));
  });

  test("that of this package where no plan names any", () => {
    expect(interpreter([], `/lib64/${LOADER}`)).toBe(join(libc, LOADER));
  });

  test("what a plan asks for where that is no C library of packages", () => {
    expect(interpreter([libc], "/opt/loader")).toBe("/opt/loader");
    expect(interpreter([libc], `/opt/${LOADER}`)).toBe(`/opt/${LOADER}`);
  });
});
