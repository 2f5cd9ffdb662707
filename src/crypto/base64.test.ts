import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { decodeBase64, encodeBase64 } from "./base64.ts";

describe("strict base64", () => {
  test("what is encoded decodes to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  const refused: [why: string, text: string][] = [
    ["no padding", "Zg"],
    ["half the padding", "Zg="],
    ["padding too many", "Zm8=="],
    ["URL-safe letters", "__8="],
    ["white space", "Zm 9v"],
    ["a line end", "Zm9v\n"],
    ["unused bits set", "Zh=="],
    ["unused bits set", "Zm9="],
    ["text after the padding", "Zg==Zg=="],
    ["another alphabet", "not*base64"],
    ["one letter", "Z"],
    ["U+FEFF in front", "\ufeffZm9v"],
  ];
  for (const [why, text] of refused)
    test(`refuses ${why}: ${JSON.stringify(text)}`, () => expect(decodeBase64(text)).toBeUndefined());

  test("nothing is no bytes", () => expect(decodeBase64("")).toEqual(new Uint8Array()));
});
