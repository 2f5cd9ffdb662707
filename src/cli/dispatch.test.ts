import { describe, expect, test } from "bun:test";
import { commands } from "./commands.ts";
import { SHORT_FORMS } from "./groups.ts";
import { originalCommands } from "./original.ts";
import { runHab } from "./testing/run-hab.ts";

async function hab(line: string, env: Record<string, string> = {}) {
  const words = line.split(" ").filter((word) => word !== "");
  const { exitCode, stdout, stderr } = await runHab(words, { env: { HAB_NOCOLORING: "1", ...env } });
  return { code: exitCode, stdout, stderr };
}

describe("help, version and usage errors of groups (reference/cli.md §2.3)", () => {
  test.each(["", "pkg", "origin key", "--"])("hab %s: help on standard error, exit 2", async (line) => {
    const { code, stdout, stderr } = await hab(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage:");
  });

  test.each([
    "--help",
    "-h",
    "help",
    "pkg --help",
    "help pkg",
    "pkg help list",
    "pkg list -h -a",
    "-hV",
    "pkg -hx",
  ])("hab %s: help on standard output, exit 0", async (line) => {
    const { code, stdout, stderr } = await hab(line);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Usage:");
  });

  test.each([
    ["pkg --version", "hab-pkg 2.1.78\n"],
    ["pkg list -V", "hab-pkg-list 2.1.78\n"],
    ["-Vh", "hab 2.1.78\n"],
    ["pkg --version list", "hab-pkg 2.1.78\n"],
  ])("hab %s", async (line, stdout) => {
    expect(await hab(line)).toEqual({ code: 0, stdout, stderr: "" });
  });

  test.each([
    ["nothere", "unrecognized subcommand 'nothere'"],
    ["-x", "unexpected argument '-x' found"],
    ["--nothere", "unexpected argument '--nothere' found"],
    ["pkg LIST", "unrecognized subcommand 'LIST'"],
    ["help nothere", "unrecognized subcommand 'nothere'"],
    ["--version=1", "unexpected value '1' for '--version' found; no more were expected"],
    ["pkg list -aa", "the argument '--all' cannot be used multiple times"],
  ])("hab %s: exit 2", async (line, what) => {
    const { code, stdout, stderr } = await hab(line);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.split("\n")[0]).toBe(`error: ${what}`);
  });

  test("a mistyped command names what it resembles", async () => {
    expect((await hab("pkg lst")).stderr).toContain("tip: a similar subcommand exists: 'list'");
  });
});

describe("commands of the original", () => {
  test("that are not built are not in help and have an exit code of their own", async () => {
    for (const path of originalCommands.filter((each) => !(each in commands))) {
      const { code, stderr } = await hab(`${path} x`);
      expect(code).toBe(69);
      expect(stderr).toContain(" of Habitat 2.1.78 is not built yet");
    }
  });

  test("that were removed before 2.1.78 have their short forms again, under the same help", async () => {
    for (const [short, path] of Object.entries(SHORT_FORMS)) {
      const [own, long] = [await hab(`${short} --help`), await hab(`${path} --help`)];
      expect(own).toEqual(long);
      expect(own.code).toBe(0);
    }
    expect((await hab("help")).stdout).toContain("Short forms:");
  });
});

describe("HAB_LICENSE=deny (reference/cli.md §5)", () => {
  test("refuses commands, but not help, version and the licence itself", async () => {
    const env = { HAB_LICENSE: "deny" };
    expect((await hab("pkg list -a", env)).code).toBe(1);
    expect((await hab("", env)).code).toBe(1);
    expect((await hab("pkg list --help", env)).code).toBe(0);
    expect((await hab("license --help", env)).code).toBe(0);
    expect((await hab("license", env)).code).toBe(2);
  });
});

describe("errors", () => {
  test("are JSON with the short name of --json too, and not for a --json that is handed on", async () => {
    const short = await hab("origin info acme -j", { HAB_BLDR_URL: "http://127.0.0.1:1" });
    expect(JSON.parse(short.stderr.trimEnd().split("\n").at(-1) ?? "")).toHaveProperty("error.code");
    const handedOn = await hab("pkg exec acme/nothing-here tool --json");
    expect(handedOn.code).toBe(1);
    expect(handedOn.stderr).toContain("✗✗✗");
  });

  test("with --json are one document on standard error", async () => {
    const { code, stdout, stderr } = await hab("pkg path no/such --json", { FS_ROOT: "/nonexistent" });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "HAB-PKG-010", exitCode: 1 } });
  });
});
