import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "./commands.ts";
import { splitWords } from "./own-words.ts";
import {
  SECRET_LONG_OPTIONS,
  SECRET_SHORT_OPTIONS,
  secretRedactor,
  secretWords,
} from "./secret-arguments.ts";
import { OWN_VERSION } from "./version.ts";

describe("secret words of a command line", () => {
  test.each([
    [["pkg", "install", "-z", "T"], [{ index: 3, text: "T" }]],
    [["-zT"], [{ index: 0, text: "T" }]],
    [["-fz=T"], [{ index: 0, text: "T" }]],
    [["--auth=T", "x"], [{ index: 0, text: "T" }]],
    [["--auth", "T"], [{ index: 1, text: "T" }]],
    [["--author", "T"], []],
    [["-c", "stable"], []],
    [["--auth"], []],
  ])("%j", (words, expected) => {
    expect(secretWords(words)).toEqual(expected);
  });

  test("every option declared secret is known before any command is loaded", async () => {
    for (const [words, load] of Object.entries(commands)) {
      for (const option of (await load()).command.grammar.options) {
        if (!option.secret) continue;
        if (option.long !== undefined)
          expect([words, SECRET_LONG_OPTIONS]).toEqual([words, expect.arrayContaining([option.long])]);
        if (option.short !== undefined)
          expect([words, SECRET_SHORT_OPTIONS]).toEqual([words, expect.arrayContaining([option.short])]);
      }
    }
  });

  test("they are taken out of texts", () => {
    const redact = secretRedactor(["--auth", "abc"], { HAB_CTL_SECRET: "xyz" });
    expect(redact("abc and xyz")).toBe("[secret] and [secret]");
  });

  test("a short one only as a word of its own, so that its letters do not tell it", () => {
    const redact = secretRedactor(["-z", "t"], { HAB_AUTH_TOKEN: "$.x(", HAB_CTL_SECRET: "long-enough" });
    expect(redact("the token 't': not found; =t&")).toBe("the token '[secret]': not found; =[secret]&");
    expect(redact("a $.x( b")).toBe("a [secret] b");
    expect(redact("xlong-enoughx")).toBe("x[secret]x");
  });
});

test("the kernel's command line is split at NUL; words that are not UTF-8 are refused", () => {
  expect(splitWords(Buffer.from("hab\0pkg\0\0ü\0"))).toEqual(["hab", "pkg", "", "ü"]);
  expect(() => splitWords(Buffer.from([0x68, 0, 0xff, 0]))).toThrow("argument 1 is not valid UTF-8");
});

test("our version is that of package.json", () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dir, "../../package.json"), "utf8"));
  expect(OWN_VERSION).toBe(version);
});
