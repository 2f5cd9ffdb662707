// Times in words.
import { expect, test } from "bun:test";
import { exactTime, parseTime, relativeTime, releaseTime } from "./format.ts";

const NOW = Date.UTC(2026, 0, 10, 12);

test.each([
  [2, "just now"],
  [45, "45 seconds ago"],
  [3600 * 5, "5 hours ago"],
  [86_400 * 3, "3 days ago"],
  [86_400 * 30, "4 weeks ago"],
  [86_400 * 800, "2 years ago"],
  [-7200, "in 2 hours"],
  [3600, "1 hour ago"],
  [86_400, "yesterday"],
  [-86_400 * 14, "in 2 weeks"],
  [86_400 * 400, "last year"],
])("%d seconds before is %p", (seconds, words) => {
  expect(relativeTime(NOW - seconds * 1000, NOW)).toBe(words);
});

test("the exact time is in the reader's zone, and says which", () => {
  expect(exactTime(NOW, "en-GB", "Asia/Tokyo")).toBe("10 Jan 2026, 21:00:00 GMT+9");
});

test.each([
  ["2026-01-10T12:00:00", NOW],
  ["2026-01-10T12:00:00.000Z", NOW],
  ["2026-01-10T13:00:00+01:00", NOW],
  ["yesterday", undefined],
])("%s is read", (text, at) => expect(parseTime(text)).toBe(at as number));

test("a release is a moment", () => {
  expect(releaseTime("20260110120000")).toBe(NOW);
  expect(releaseTime("dev")).toBeUndefined();
});
