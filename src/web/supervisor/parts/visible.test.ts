import { describe, expect, test } from "bun:test";
import { endOf, visibleLine, visibleText } from "./visible.ts";

describe("text of strangers", () => {
  test.each([
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["\u001b]0;title\u0007after", "after"],
    ["\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\", "link"],
    ["\u001bPdevice\u001b\\x", "x"],
    ["\u009b2Jcleared", "cleared"],
    ["\u001b(Bplain\u001bc", "plain"],
    ["\u001b]never ends", ""],
  ])("%j has no terminal sequences: %j", (text, shown) => expect(visibleText(text)).toBe(shown));

  test.each([
    ["a\u0000b\u0008", "a␀b␈"],
    ["\u007f", "␡"],
    ["exe.\u202egnp", "exe.⟨U+202E⟩gnp"],
    ["\u2066a\u2069\u200f", "⟨U+2066⟩a⟨U+2069⟩⟨U+200F⟩"],
    ["a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"],
    ["a\r\nb\rc", "a\nb␍c"],
    ["\u001b", "␛"],
    ["\u0085", "⟨U+0085⟩"],
  ])("%j hides nothing: %j", (text, shown) => expect(visibleText(text)).toBe(shown));

  test("keeps other scripts and what belongs to them", () => {
    expect(visibleText("שלום – 日本語 🎉 é")).toBe("שלום – 日本語 🎉 é");
  });

  test("stays on its line where there is one", () => expect(visibleLine("a\n\tb")).toBe("a b"));

  test("is cut at its beginning, and that is said", () => {
    expect(endOf("a\nb\nc", 2, 100)).toEqual({ text: "b\nc", leftOut: true });
    expect(endOf("abcdef", 9, 3)).toEqual({ text: "def", leftOut: true });
    expect(endOf("abc", 9, 3)).toEqual({ text: "abc", leftOut: false });
  });

  test("a megabyte of it takes no time worth naming: no pattern goes back and forth", () => {
    const text = "\u001b[".repeat(300_000) + "\u001b]".repeat(200_000);
    expect(visibleText(text).length).toBeLessThan(text.length);
  });
});
