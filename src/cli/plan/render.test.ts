import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runHab } from "../testing/run-hab.ts";

let directory: string;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-plan-render-"));
  writeFileSync(at("t.conf"), "a={{cfg.a}}\n");
  writeFileSync(at("bad.conf"), "x\n{{#if cfg.a}}y");
  writeFileSync(at("dep.conf"), '{{pkgPathFor "core/acl"}}');
  writeFileSync(at("default.toml"), "a = 1\n");
  writeFileSync(at("user.toml"), "a = 2\n");
  writeFileSync(at("mock.json"), '{"cfg": {"a": 3}, "pkg": {"deps": []}}');
  writeFileSync(at("p.txt"), "text\n");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function render(template: string, ...words: string[]) {
  const defaults = words.includes("-d") ? [] : ["-d", at("default.toml")];
  const { exitCode, stdout, stderr } = await runHab(
    ["plan", "render", at(template), "-r", at("out/deep"), ...defaults, ...words],
    { env: { NO_COLOR: "1" } },
  );
  const plain = (text: string) => text.replaceAll(`${directory}/`, "");
  return { exit: exitCode, stdout: plain(stdout), stderr: plain(stderr) };
}

describe("hab plan render", () => {
  test("writes the file and says so", async () => {
    expect(await render("t.conf")).toEqual({
      exit: 0,
      stdout:
        "» Rendering: t.conf into: out/deep as: t.conf\n\n» Importing default.toml: default.toml\n" +
        "Ω Creating file: out/deep/t.conf\n\n",
      stderr: "",
    });
    expect(readFileSync(at("out/deep/t.conf"), "utf8")).toBe("a=1\n");
  });

  test("quietly prints nothing but the text", async () => {
    expect(await render("t.conf", "-p", "-n", "-q")).toEqual({ exit: 0, stdout: "a=1\n\n", stderr: "" });
    expect(await render("p.txt", "-p", "-n", "-q")).toEqual({ exit: 0, stdout: "text\n\n", stderr: "" });
  });

  test("frames the text with warnings on standard error", async () => {
    expect(await render("t.conf", "-p", "-n")).toEqual({
      exit: 0,
      stdout:
        "» Rendering: t.conf into: out/deep as: t.conf\n\n» Importing default.toml: default.toml\n\na=1\n\n\n",
      stderr: "Ø ###======== Rendered template: t.conf\nØ ========### End rendered template: t.conf\n",
    });
  });

  test("lays user.toml over default.toml and mock data over both", async () => {
    expect((await render("t.conf", "-pnq", "-u", at("user.toml"))).stdout).toBe("a=2\n\n");
    expect((await render("t.conf", "-pnq", "-u", at("user.toml"), "-m", at("mock.json"))).stdout).toBe(
      "a=3\n\n",
    );
  });

  test("prints one JSON document with --json", async () => {
    const { exit, stdout } = await render("t.conf", "--json", "-n");
    expect({ exit, document: JSON.parse(stdout) }).toEqual({
      exit: 0,
      document: { template: "t.conf", file: null, text: "a=1\n" },
    });
  });

  test.each([
    [["t.conf", "-q", "-d", "nothere.toml"], 1, "cannot read nothere.toml: there is no such file"],
    [["t.conf", "-q", "-m", "p.txt"], 1, "cannot read p.txt: line 1, column 1: expected a value"],
    [["bad.conf", "-q"], 1, "template bad.conf: line 2, column 1: the block `if` is not closed"],
    [["dep.conf", "-q"], 1, "the data has no list `pkg.deps`"],
    [["nothere"], 2, "`nothere`: is not a valid file"],
  ])("%j ends with %d: %s", async (words, exit, message) => {
    const [template = "", ...rest] = words;
    const resolved = rest.map((word) => (word.includes(".") ? at(word) : word));
    const result = await render(template, ...resolved);
    expect(result.exit).toBe(exit);
    expect(result.stderr).toContain(message);
  });
});
