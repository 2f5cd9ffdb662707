import { describe, expect, test } from "bun:test";
import { HabError } from "../error/index.ts";
import { uiErrors } from "./errors.ts";
import { memoryOutput } from "./output.ts";
import { reportError } from "./report.ts";
import { createUi } from "./ui.ts";

describe("an error on the terminal", () => {
  test("what strangers wrote cannot steer it", () => {
    const stdout = memoryOutput();
    const stderr = memoryOutput();
    const ui = createUi({ stdout, stderr, env: {}, readLine: async () => undefined });
    const [kind] = Object.values(uiErrors);
    if (kind === undefined) throw new Error("the room declares no error");
    reportError(ui, new HabError(kind, "header: \u001b[2J\u0000\u009b\ttext"));
    expect(stderr.text).toContain("header: ?[2J??\ttext");
  });
});
