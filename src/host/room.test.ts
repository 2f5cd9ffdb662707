import { describe, expect, test } from "bun:test";
import { subordinateRange } from "./id-map.ts";
import { encodeSteps } from "./room-steps.ts";

describe("steps for process 1", () => {
  test("are fields that end in NUL, after whether they must succeed", () => {
    const bytes = encodeSteps([
      { kind: "directory", path: "/a b", mode: 0o1777 },
      { kind: "bind", source: "/host/dir", path: "/src", attributes: 3, recursive: true, optional: true },
      { kind: "let-go", pivot: true },
    ]);
    const fields = ["!", "d", "/a b", "1777", "?", "b", "0", "host/dir", "/src", "3", "1", "!", "z"];
    expect(bytes.toString()).toBe(`${fields.join("\0")}\0\0`);
  });

  test("hold no NUL of their own", () =>
    expect(() => encodeSteps([{ kind: "link", target: "a\0b", path: "/c" }])).toThrow());
});

test.each([
  ["me:100000:65536\n", { inside: 1, outside: 100_000, count: 65_536 }],
  ["other:1:1\n1000:200000:10\n", { inside: 1, outside: 200_000, count: 10 }],
  ["other:1:1\nme:x:1\nme:5:0\n", undefined],
  ["", undefined],
])("subordinate ids in %j", (text, range) =>
  expect(subordinateRange(text, "me", 1000)).toEqual(range as never),
);
