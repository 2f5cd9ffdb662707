import { describe, expect, test } from "bun:test";
import { memoryOutput } from "./output.ts";
import { createProgressBoard, formatBytes, progressLine } from "./progress.ts";
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

  function board(canRedraw: boolean) {
    const clock = { ms: 0 };
    const output = memoryOutput({ isTerminal: canRedraw });
    const made = createProgressBoard(output, { canRedraw, now: () => clock.ms });
    return { board: made, output, clock };
  }

  test("draws on a terminal, and a line for people takes it away first", () => {
    const stdout = memoryOutput({ isTerminal: true });
    const ui = createUi({ stdout, stderr: memoryOutput(), env: {}, readLine: async () => undefined });
    const progress = ui.progress("x", 10);
    progress.update(5);
    ui.status("Found", "y");
    progress.finish();
    expect(stdout.text).toStartWith("\r\u001b[K  x  [");
    expect(stdout.text).toEndWith("\r\u001b[K→ Found y\n");
  });

  test("of several at once is one line, their sum", () => {
    const { board: made, output, clock } = board(true);
    const [first, second] = [made.start("a", 100), made.start("b", 300)];
    first.update(50);
    clock.ms = 1000;
    second.update(50);
    expect(output.text.split("\r\u001b[K").at(-1)).toBe(
      "  2 downloads  [=====>--------------] 25 %  100 B / 400 B  100 B/s  3 s left",
    );
    first.finish();
    clock.ms = 2000;
    second.update(300);
    expect(output.text.split("\r\u001b[K").at(-1)).toStartWith("  b  [====================] 100 %");
    second.finish();
    expect(output.text).toEndWith("\r\u001b[K");
    expect(output.text).not.toContain("\n");
  });

  test.each([
    [91, "  core/redis/7.2.4/20260101000000  [==========>---------] 50 %  5 B / 10 B  5 B/s  1 s left"],
    [80, "  core/redis/7.2.4/20…  [==========>---------] 50 %  5 B / 10 B  5 B/s  1 s left"],
    [70, "  core/redis/7.2.4/20260101000000  50 %  5 B / 10 B  5 B/s  1 s left"],
    [40, "  50 %  5 B / 10 B  5 B/s  1 s left"],
    [20, "  50 %  5 B / 10 B  "],
  ])("fits %i columns: the name is shortened first, then the bar goes", (columns, line) => {
    expect(progressLine("core/redis/7.2.4/20260101000000", 5, 10, 1000, columns)).toBe(line);
  });

  test("in a pipe says nothing of what is quick, and lines of what takes long", () => {
    const { board: made, output, clock } = board(false);
    const quick = made.start("quick", 10);
    quick.update(10);
    quick.finish();
    const long = made.start("long", 4096);
    for (const second of [1, 5, 10, 11, 19]) {
      clock.ms = second * 1000;
      long.update(second * 100);
    }
    clock.ms = 20_000;
    long.update(4096);
    long.finish();
    expect(output.text).toBe(
      "  long  24 %  1000 B / 4.00 KB  100 B/s  31 s left\n" +
        "  long  100 %  4.00 KB / 4.00 KB  204 B/s  0 s left\n" +
        "  long  4.00 KB in 20 s  204 B/s\n",
    );
  });

  test.each([{ TERM: "dumb" }, { HAB_NONINTERACTIVE: "true" }])("never draws with %p", (env) => {
    const stdout = memoryOutput({ isTerminal: true });
    createUi({ stdout, stderr: memoryOutput(), env, readLine: async () => undefined })
      .progress("x", 10)
      .update(5);
    expect(stdout.text).toBe("");
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

describe("what a stranger wrote", () => {
  const HOSTILE = "a\u001b]0;x\u0007\r\u009b2J\u202eb";

  test("steers no terminal from any message", async () => {
    const stdout = memoryOutput({ isTerminal: true });
    const stderr = memoryOutput({ isTerminal: true });
    const ui = createUi({ stdout, stderr, env: {}, readLine: async () => "yes" });
    for (const say of [ui.begin, ui.end, ui.info, ui.para, ui.title, ui.heading, ui.warn, ui.fatal])
      say(HOSTILE);
    ui.status("Installed", HOSTILE);
    await ui.confirm(HOSTILE);
    await ui.ask(HOSTILE, HOSTILE);
    const clean = stdout.text + stderr.text;
    expect(clean).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(clean.split("a?]0;x???2J?b")).toHaveLength(13);
  });

  test("steers none from a label of progress, which stays one line", () => {
    const stdout = memoryOutput({ isTerminal: true });
    createUi({ stdout, stderr: memoryOutput(), env: {}, readLine: async () => undefined })
      .progress(`${HOSTILE}\n`, 10)
      .update(5);
    expect(stdout.text).toStartWith("\r\u001b[K  a?]0;x???2J?b?  [");
    expect(stdout.text.slice("\r\u001b[K".length)).not.toMatch(/[\u0000-\u001f]/);
  });
});
