import { describe, expect, test } from "bun:test";
import { decodeUtf8, textLines, trimWhiteSpace } from "./text.ts";

describe("lines", () => {
  const cases: [text: string, lines: string[]][] = [
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\n\n", ["a", ""]],
    ["\n", [""]],
    ["a\r\nb", ["a", "b"]],
    ["a\r\r\nb\r", ["a\r", "b\r"]],
    ["a\rb\u2028c\n", ["a\rb\u2028c"]],
  ];
  for (const [text, lines] of cases) test(JSON.stringify(text), () => expect(textLines(text)).toEqual(lines));
});

describe("trimming", () => {
  const cases: [text: string, trimmed: string][] = [
    ["  a b \t\r\n", "a b"],
    ["\u0085\u00a0a\u3000\u0085", "a"],
    ["\ufeffa\ufeff", "\ufeffa\ufeff"],
    ["\u200ba", "\u200ba"],
    [" \n ", ""],
    ["", ""],
  ];
  for (const [text, trimmed] of cases)
    test(JSON.stringify(text), () => expect(trimWhiteSpace(text)).toBe(trimmed));

  test("stays fast on a long run of spaces inside", () => {
    const text = `a${" ".repeat(200_000)}b`;
    expect(trimWhiteSpace(text)).toBe(text);
  });
});

describe("UTF-8", () => {
  test("a byte order mark stays", () => expect(decodeUtf8(Buffer.from("\ufeffa"))).toBe("\ufeffa"));
  for (const bytes of [
    [0xff, 0xfe],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xe2, 0x82],
  ])
    test(`${bytes} is not text`, () => expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined());
});
