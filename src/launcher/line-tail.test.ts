import { describe, expect, test } from "bun:test";
import { LineTail, MAX_TAIL_BYTES, MAX_TAIL_GROUPS, MAX_TAIL_LINES } from "./line-tail.ts";

const tail = () => new LineTail(() => 5);
const texts = (lines: readonly { line: string }[]) => lines.map(({ line }) => line);

describe("the tail of a service's lines", () => {
  test("is told in order, with stream and time, of one group or of all", () => {
    const lines = tail();
    lines.add("a.b", "stdout", ["one"]);
    lines.add("c.d", "stderr", ["two"]);
    lines.add("a.b", "stdout", ["three"]);
    expect(texts(lines.read(undefined, 0).lines)).toEqual(["one", "two", "three"]);
    expect(lines.read("c.d", 0).lines).toEqual([
      { number: 2, group: "c.d", stream: "stderr", at: 5, line: "two" },
    ]);
    expect(lines.read("a.b", 1)).toMatchObject({ next: 3, lost: false });
    expect(texts(lines.read("a.b", 1).lines)).toEqual(["three"]);
    expect(lines.read("x.y", 0)).toEqual({ lines: [], next: 3, lost: false });
  });

  test("forgets the oldest lines and says when somebody missed them", () => {
    const lines = tail();
    lines.add(
      "a.b",
      "stdout",
      Array.from({ length: MAX_TAIL_LINES + 5 }, (_, at) => String(at)),
    );
    expect(lines.read("a.b", 0).lines[0]?.line).toBe("5");
    expect(lines.read("a.b", 2).lost).toBe(true);
    expect(lines.read("a.b", 5).lost).toBe(false);
  });

  test("forgets by bytes, too", () => {
    const lines = tail();
    const long = "x".repeat(MAX_TAIL_BYTES / 4);
    for (let at = 0; at < 6; at++) lines.add("a.b", "stdout", [`${at}${long}`.slice(0, long.length)]);
    expect(lines.read("a.b", 1).lost).toBe(true);
    expect(lines.read("a.b", 2).lines[0]?.number).toBe(3);
  });

  test("is told in several answers when it is long, one line at least in each", () => {
    const lines = tail();
    const long = "x".repeat(300_000);
    lines.add("a.b", "stdout", [long, long]);
    const first = lines.read("a.b", 0);
    expect(first.lines).toHaveLength(1);
    expect(lines.read("a.b", first.next).lines).toHaveLength(1);
  });

  test("holds so many groups, and forgets the most silent one", () => {
    const lines = tail();
    for (let at = 0; at <= MAX_TAIL_GROUPS; at++) lines.add(`g${at}.x`, "stdout", ["line"]);
    expect(lines.read("g0.x", 0).lines).toEqual([]);
    expect(lines.read("g1.x", 0).lines).toHaveLength(1);
  });

  test("is waited for, not longer than asked", async () => {
    const lines = tail();
    const waiting = lines.readOrWait("a.b", 0, 10_000);
    lines.add("c.d", "stdout", ["other"]);
    lines.add("a.b", "stdout", ["mine"]);
    expect(texts((await waiting).lines)).toEqual(["mine"]);
    expect((await lines.readOrWait("a.b", 2, 1)).lines).toEqual([]);
  });
});
