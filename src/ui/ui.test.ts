import { describe, expect, test } from "bun:test";
import { memoryOutput } from "./output.ts";
import { formatBytes, progressLine } from "./progress.ts";
import { formatTable } from "./table.ts";
import { createUi } from "./ui.ts";

function terminal(env: Record<string, string>, answers: string[] = [], json = false) {
  const stdout = memoryOutput();
  const stderr = memoryOutput();
  const ui = createUi({ stdout, stderr, env, readLine: async () => answers.shift(), json });
  return { ui, stdout, stderr };
}

describe("lines (reference/cli.md §6.1)", () => {
  test("with colour, byte for byte as the original", () => {
    const { ui, stdout } = terminal({ TERM: "xterm" });
    ui.begin("Foo");
    ui.status("Deleting", "x");
    ui.end("Bar");
    expect(stdout.text).toBe(
      "\u001b[0m\u001b[0m\u001b[1m\u001b[33m» Foo\u001b[0m\n" +
        "\u001b[0m\u001b[0m\u001b[1m\u001b[32m☒ Deleting\u001b[0m x\n" +
        "\u001b[0m\u001b[0m\u001b[1m\u001b[35m★ Bar\u001b[0m\n",
    );
  });

  test("a fatal message is a block on standard error", () => {
    const { ui, stdout, stderr } = terminal({});
    ui.fatal("a\nb");
    expect(stderr.text).toBe("✗✗✗\n✗✗✗ a\n✗✗✗ b\n✗✗✗\n");
    expect(stdout.text).toBe("");
  });

  test("glyph styles", () => {
    const ascii = terminal({ HAB_GLYPH_STYLE: "ASCII" });
    ascii.ui.status("Installed", "core/redis");
    ascii.ui.warn("w");
    expect(ascii.stdout.text).toBe("[x] Installed core/redis\n");
    expect(ascii.stderr.text).toBe("  0 w\n");
    const unknown = terminal({ HAB_GLYPH_STYLE: "x" });
    unknown.ui.warn("w");
    expect(unknown.stderr.text).toBe("Unknown symbol style 'x'\nSetting GlyphStyle to full\nØ w\n");
  });

  test("with --json they leave standard output alone", () => {
    const { ui, stdout, stderr } = terminal({}, [], true);
    ui.begin("x");
    expect(stdout.text).toBe("");
    expect(stderr.text).toBe("» x\n");
  });
});

describe("colour (reference/cli.md §6.2)", () => {
  test.each([
    [{}, false],
    [{ TERM: "xterm" }, true],
    [{ TERM: "dumb" }, false],
    [{ TERM: "xterm", NO_COLOR: "" }, false],
    [{ TERM: "xterm", HAB_NOCOLORING: "true" }, false],
    [{ TERM: "xterm", HAB_NOCOLORING: "yes" }, true],
    [{ FORCE_COLOR: "1" }, true],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false],
    [{ TERM: "xterm", FORCE_COLOR: "0" }, false],
  ])("%j", (env, coloured) => {
    const { ui, stdout } = terminal(env as Record<string, string>);
    ui.begin("x");
    expect(stdout.text.includes("\u001b")).toBe(coloured);
  });
});

describe("questions (reference/cli.md §6.4)", () => {
  test.each([
    [["y"], undefined, "yes"],
    [["NO"], undefined, "no"],
    [["maybe", "quit"], undefined, "quit"],
    [[""], "no", "no"],
    [[], "yes", "yes"],
    [["", "yes"], undefined, "yes"],
  ] as const)("answers %j with default %s mean %s", async (answers, fallback, meaning) => {
    expect(await terminal({}, [...answers]).ui.confirm("Well?", fallback)).toBe(meaning);
  });

  test("a text: the default for an empty answer, an error when nobody answers", async () => {
    expect(await terminal({}, [""]).ui.ask("Name", "core")).toBe("core");
    expect(await terminal({}, ["", " acme "]).ui.ask("Name")).toBe("acme");
    expect(terminal({}).ui.ask("Name")).rejects.toThrow("standard input has ended");
  });
});

describe("progress", () => {
  test("says how much, how fast and how long", () => {
    expect(progressLine("x", 5 * 1024 * 1024, 10 * 1024 * 1024, 1000)).toBe(
      "  x  [==========>---------] 50 %  5.00 MB / 10.00 MB  5.00 MB/s  1 s left",
    );
    expect(progressLine("x", 2048, undefined, 1000)).toBe("  x  2.00 KB  2.00 KB/s");
  });

  test("is silent in a pipe and draws on a terminal", () => {
    const pipe = terminal({});
    pipe.ui.progress("x", 10).update(5);
    expect(pipe.stdout.text).toBe("");
    const stdout = memoryOutput({ isTerminal: true });
    const ui = createUi({ stdout, stderr: memoryOutput(), env: {}, readLine: async () => undefined });
    const progress = ui.progress("x", 10);
    progress.update(5);
    progress.finish();
    expect(stdout.text).toContain("50 %");
    expect(stdout.text).toEndWith("\r\u001b[K");
  });

  test.each([
    [12, "12 B"],
    [1536, "1.50 KB"],
    [5 * 1024 ** 3, "5.00 GB"],
  ])("%i bytes", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

test("tables: columns as wide as their longest cell, the last one unpadded", () => {
  expect(
    formatTable([
      ["package", "pid"],
      ["a/b", "1"],
    ]),
  ).toBe("package  pid\na/b      1\n");
});
