// `hab studio` and `hab sup sh` hand over to programs that are not part of hab, `hab pkg export` when told; `hab cli setup` writes
// cli.toml.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HAB, run } from "./program.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-tools-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string, mode = 0o644): string {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  chmodSync(place, mode);
  return place;
}

const ECHO = '#!/bin/sh\necho "$0" "$@"\n';

function hab(words: readonly string[], env: Record<string, string> = {}, stdin = "") {
  return run([HAB, ...words], {
    env: { FS_ROOT: root, HOME: root, HAB_NOCOLORING: "true", ...env },
    cwd: root,
    stdin,
  });
}

const tools = [
  [["studio"], [], "HAB_STUDIO_BINARY", "chef/hab-studio/2.1.78"],
  [["sup", "sh"], ["sh"], "HAB_SUP_BINARY", "chef/hab-sup/2.1.78"],
  [["sup", "bash"], ["bash"], "HAB_SUP_BINARY", "chef/hab-sup/2.1.78"],
] as const;

describe.each(tools)("hab %p", (words, first, variable, ident) => {
  test("becomes the program that the variable names", async () => {
    const program = write("tool", ECHO, 0o755);
    const { code, stdout } = await hab([...words, "--", "--flag", "b c"], { [variable]: program });
    const handedOn = words[0] === "studio" ? ["--", "--flag", "b c"] : ["--flag", "b c"];
    expect([code, stdout]).toEqual([0, `${[program, ...first, ...handedOn].join(" ")}\n`]);
  });

  test("becomes the program of the installed package", async () => {
    const release = `hab/pkgs/${ident}/20260101000000`;
    const name = ident.split("/")[1];
    write(`${release}/TARGET`, "x86_64-linux\n");
    write(`${release}/IDENT`, `${ident}/20260101000000\n`);
    write(`${release}/RUNTIME_PATH`, `${join(root, release, "bin")}\n`);
    const program = write(`${release}/bin/${name}`, ECHO, 0o755);
    const { code, stdout, stderr } = await hab([...words, "a"]);
    expect([code, stdout, stderr]).toEqual([0, `${[program, ...first, "a"].join(" ")}\n`, ""]);
  });

  test("is in help where its program is, and only there", async () => {
    const group = words.slice(0, -1);
    const inHelp = async (env: Record<string, string>) =>
      new RegExp(`^ +${words.at(-1)} `, "m").test((await hab([...group, "--help"], env)).stdout);
    expect(await inHelp({})).toBe(false);
    expect(await inHelp({ [variable]: "/bin/true" })).toBe(true);
  });

  test("without either says how to get it, and downloads nothing", async () => {
    const { code, stdout, stderr } = await hab([...words, "a"]);
    expect([code, stdout]).toEqual([69, ""]);
    expect(stderr).toContain(`hab pkg install ${ident}`);
    expect(stderr).toContain(variable);
  });
});

test("help and options of the studio belong to its program", async () => {
  const program = write("tool", ECHO, 0o755);
  for (const flag of ["--help", "-h", "-V", "--version"]) {
    const studio = await hab(["studio", flag], { HAB_STUDIO_BINARY: program });
    expect(studio.stdout).toBe(`${program} ${flag}\n`);
  }
});

describe.each(["container", "tar"])("hab pkg export %s", (format) => {
  const words = ["pkg", "export", format];

  test("becomes the program that a variable names; -V stays ours", async () => {
    const program = write("tool", ECHO, 0o755);
    const env = { [`HAB_PKG_EXPORT_${format.toUpperCase()}_BINARY`]: program };
    expect((await hab([...words, "--", "--flag", "b c"], env)).stdout).toBe(`${program} --flag b c\n`);
    expect((await hab([...words, "--help"], env)).stdout).toBe(`${program} --help\n`);
    expect((await hab([...words, "a/b", "-V"], env)).stdout).toBe(`${program} a/b -V\n`);
    expect((await hab([...words, "-V"], env)).stdout).toBe(`hab-pkg-export-${format} 2.1.78\n`);
  });

  test("becomes the program of the package that a variable names", async () => {
    const release = "hab/pkgs/acme/exporter/1.0/20260101000000";
    write(`${release}/TARGET`, "x86_64-linux\n");
    write(`${release}/IDENT`, "acme/exporter/1.0/20260101000000\n");
    write(`${release}/RUNTIME_PATH`, `${join(root, release, "bin")}\n`);
    const program = write(`${release}/bin/hab-pkg-export-${format}`, ECHO, 0o755);
    const env = { [`HAB_PKG_EXPORT_${format.toUpperCase()}_PKG_IDENT`]: "acme/exporter" };
    expect((await hab([...words, "a"], env)).stdout).toBe(`${program} a\n`);
  });
});

describe("hab cli setup", () => {
  const config = () => join(root, process.getuid?.() === 0 ? "hab" : ".hab", "etc/cli.toml");

  test("writes what it is told, for the owner's eyes only", async () => {
    const answers = "yes\nhttp://depot.test\nyes\nacme\nyes\nyes\nmy-token\nno\nyes\nstable\n";
    const { code, stderr } = await hab(["cli", "setup"], {}, answers);
    expect([code, stderr]).toEqual([0, ""]);
    expect(readFileSync(config(), "utf8")).toBe(
      'auth_token = "my-token"\nrefresh_channel = "stable"\norigin = "acme"\nbldr_url = "http://depot.test/"\n',
    );
    expect(statSync(config()).mode & 0o777).toBe(0o600);
  });

  test("keeps a secret without showing it, and keys it does not know", async () => {
    mkdirSync(dirname(config()), { recursive: true });
    writeFileSync(config(), 'own = "kept"\nauth_token = "very-secret"\norigin = "acme"\n');
    const { code, stdout } = await hab(["cli", "setup"], {}, "no\nno\nyes\n\nno\nno\n");
    expect(code).toBe(0);
    expect(stdout).not.toContain("very-secret");
    expect(stdout).toContain("[default: the one there is]");
    expect(readFileSync(config(), "utf8")).toBe(
      'auth_token = "very-secret"\norigin = "acme"\nown = "kept"\n',
    );
  });

  test("quit keeps what was answered; an origin that is none is asked again", async () => {
    const { code, stderr } = await hab(["cli", "setup"], {}, "no\nyes\nBAD\nacme\nno\nquit\n");
    expect(code).toBe(0);
    expect(stderr).toContain("Invalid origin");
    expect(readFileSync(config(), "utf8")).toBe('origin = "acme"\n');
  });
});
