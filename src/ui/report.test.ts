import { describe, expect, test } from "bun:test";
import { HabError } from "../error/index.ts";
import { uiErrors } from "./errors.ts";
import { memoryOutput } from "./output.ts";
import { errorAsJson, exitCodeOf, INTERNAL_ERROR_EXIT_CODE, reportError } from "./report.ts";
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

describe("an error of the operating system", () => {
  const refusal = (code: string) => Object.assign(new Error(`${code}: no, mkdir '/hab'`), { code });

  test("says what, what to do, and has a code", () => {
    const stderr = memoryOutput();
    const ui = createUi({ stdout: memoryOutput(), stderr, env: {}, readLine: async () => undefined });
    expect(reportError(ui, refusal("EACCES"))).toBe(1);
    expect(stderr.text).toMatch(
      /EACCES: no, mkdir '\/hab'\n.*Next: {2}Give this user.*\n.*Code: {2}HAB-UI-003/,
    );
  });

  test.each([
    ["ENOSPC", /Make room/],
    ["EADDRINUSE", /listens there already/],
    ["EXDEV", /names what/],
  ])("%s has its way out", (code, next) => {
    expect(errorAsJson(refusal(code)).error).toMatchObject({
      code: "HAB-UI-003",
      exitCode: 1,
      next: expect.stringMatching(next),
    });
  });

  test("is not what a bug of ours is", () => {
    expect(exitCodeOf(refusal("EACCES"))).toBe(1);
    expect(exitCodeOf(new TypeError("x is not a function"))).toBe(INTERNAL_ERROR_EXIT_CODE);
    expect(exitCodeOf(Object.assign(new Error("odd"), { code: "ERR_INVALID_ARG" }))).toBe(
      INTERNAL_ERROR_EXIT_CODE,
    );
  });
});
