import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { LineSplitter } from "./process-lines.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function split(chunks: Uint8Array[], maxLength?: number): string[] {
  const splitter = new LineSplitter(maxLength);
  return [...chunks.flatMap((chunk) => splitter.push(chunk)), ...splitter.end()];
}

describe("lines of a stream", () => {
  test.each([
    ["", []],
    ["a", ["a"]],
    ["a\n", ["a"]],
    ["a\r\nb\n", ["a", "b"]],
    ["a\rb\n", ["a\rb"]],
    ["\n\n", ["", ""]],
    ["a\r\r\n", ["a\r"]],
    ["a\n\nb", ["a", "", "b"]],
    ["\u{feff}a\n", ["\u{feff}a"]],
  ])("%j", (text, lines) => {
    expect(split([encode(text)])).toEqual(lines);
  });

  test("bytes that are not UTF-8 become replacement characters", () => {
    expect(split([new Uint8Array([0x61, 0xff, 0xe2, 0x0a, 0x62, 0xe2, 0x86])])).toEqual([
      "a\u{fffd}\u{fffd}",
      "b\u{fffd}",
    ]);
  });

  test("a long line comes in pieces, whole or in parts", () => {
    expect(split([encode("abcdefgh\nij\n")], 3)).toEqual(["abc", "def", "gh", "ij"]);
    expect(split([encode("abcde"), encode("fgh\nij\n")], 3)).toEqual(["abc", "def", "gh", "ij"]);
  });

  test("however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary" })),
        fc.array(fc.nat(200), { maxLength: 10 }),
        (lines, cuts) => {
          const clean = lines.map((line) => line.replaceAll("\n", "").replaceAll("\r", ""));
          const bytes = encode(clean.map((line) => `${line}\n`).join(""));
          const marks = [
            0,
            ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
            bytes.length,
          ];
          const chunks = marks.slice(1).map((mark, index) => bytes.subarray(marks[index], mark));
          const expected = clean.map((line) =>
            new TextDecoder("utf-8", { ignoreBOM: true }).decode(encode(line)),
          );
          expect(split(chunks)).toEqual(expected);
        },
      ),
    );
  });
});
