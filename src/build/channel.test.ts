import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { encodeReply, RequestDecoder } from "./channel.ts";

const field = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""));
const bytesOf = (fields: readonly string[]) =>
  Buffer.from([String(fields.length), ...fields].map((text) => `${text}\0`).join(""));

describe("requests", () => {
  test("come out as they went in, however the stream is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.array(field)), fc.integer({ min: 1, max: 7 }), (requests, size) => {
        const stream = Buffer.concat(requests.map(bytesOf));
        const decoder = new RequestDecoder();
        const seen: string[][] = [];
        for (let at = 0; at < stream.length; at += size)
          seen.push(...decoder.push(stream.subarray(at, at + size)));
        expect(seen).toEqual(requests);
      }),
    );
  });

  test("an unfinished one is held back", () => {
    const decoder = new RequestDecoder();
    expect(decoder.push(Buffer.from("2\0sign\0cor"))).toEqual([]);
    expect(decoder.push(Buffer.from("e\0"))).toEqual([["sign", "core"]]);
  });
});

test("a reply is its status, the number of its fields, and the fields", () => {
  expect(encodeReply({ status: 1, fields: ["no", ""] }).toString()).toBe("1\x002\0no\0\0");
});
