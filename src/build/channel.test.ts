import { describe, expect, test } from "bun:test";
import { closeSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { openScratch } from "../host/index.ts";
import { encodeLongReply, encodeReply, MalformedRequest, RequestDecoder } from "./channel.ts";

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

  test.each(["hello\n2\0find\0x\0", "hello, without an end", "-1\0", "99999999\0"])(
    "what a plan has written in between is found out: %j",
    (text) => {
      expect(() => new RequestDecoder().push(Buffer.from(text))).toThrow(MalformedRequest);
    },
  );

  test("an unfinished one is held back", () => {
    const decoder = new RequestDecoder();
    expect(decoder.push(Buffer.from("2\0sign\0cor"))).toEqual([]);
    expect(decoder.push(Buffer.from("e\0"))).toEqual([["sign", "core"]]);
  });
});

test("a reply is its status with the number of its fields, and the fields", () => {
  expect(encodeReply({ status: 1, fields: ["no", ""] }).toString()).toBe("1 2\0no\0\0");
});

test("fields of a reply may be bytes that are no text", () => {
  expect(encodeReply({ status: 0, fields: [Buffer.of(0xff, 0x41)] })).toEqual(
    Buffer.concat([Buffer.from("0 1\0"), Buffer.of(0xff, 0x41, 0)]),
  );
});

test("the fields of a long reply are in the file, and nothing of the one before it", () => {
  const replies = openScratch(tmpdir());
  try {
    const long = ["x".repeat(1000), "", "y"];
    expect(encodeLongReply({ status: 0, fields: [...long, ...long] }, replies).toString()).toBe("0 6 file\0");
    expect(encodeLongReply({ status: 0, fields: long }, replies).toString()).toBe("0 3 file\0");
    expect(readFileSync(`/proc/self/fd/${replies}`, "utf8")).toBe(`${long.join("\0")}\0`);
    expect(encodeLongReply({ status: 2, fields: ["no"] }, replies)).toEqual(
      encodeReply({ status: 2, fields: ["no"] }),
    );
  } finally {
    closeSync(replies);
  }
});

test("where the file cannot be written a long reply comes by the socket", () => {
  const full = openSync("/dev/full", "w");
  try {
    const reply = { status: 0, fields: ["x".repeat(1000)] };
    expect(encodeLongReply(reply, full)).toEqual(encodeReply(reply));
  } finally {
    closeSync(full);
  }
});
