import { describe, expect, test } from "bun:test";
import { releaseSeconds } from "../../package/index.ts";
import { freshRelease, parseRelease, sourceDateEpoch } from "./release.ts";

describe("a release", () => {
  test("is a time of fourteen digits in UTC", () => {
    expect(parseRelease("20260102030405")).toBe("20260102030405");
    expect(releaseSeconds("20260102030405")).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
    expect(releaseSeconds("20240229000000")).toBe(Date.UTC(2024, 1, 29) / 1000);
  });

  test.each([
    "",
    "2026010203040",
    "202601020304055",
    "20261301000000",
    "20260230000000",
    "20260102240000",
    "19691231235959",
  ])("is not %p", (text) =>
    expect(() => parseRelease(text)).toThrow("is not a time of the form YYYYMMDDhhmmss"),
  );
});

describe("the time of a build", () => {
  test("is that of the release, unless SOURCE_DATE_EPOCH says otherwise", () => {
    expect(sourceDateEpoch(undefined, "19700101000102")).toBe(62);
    expect(sourceDateEpoch("", "19700101000102")).toBe(62);
    expect(sourceDateEpoch("1700000000", "19700101000102")).toBe(1_700_000_000);
  });

  test.each(["yesterday", "-1", "1.5", "99999999999"])("is not SOURCE_DATE_EPOCH=%p", (text) =>
    expect(() => sourceDateEpoch(text, "19700101000102")).toThrow("not a number of seconds since 1970"),
  );
});

describe("the release of a build that begins now", () => {
  const now = new Date("2026-11-27T10:00:00.900Z");

  test.each([
    ["without one before", undefined, "20261127100000"],
    ["after an earlier one", "20261127095959", "20261127100000"],
    ["after one of this second", "20261127100000", "20261127100001"],
    ["after several of this second", "20261127100003", "20261127100004"],
    ["after one by a clock that was wrong", "20271127100000", "20261127100000"],
    ["after one that names no time", "soon", "20261127100000"],
  ])("%s", (_, last, expected) => {
    expect(freshRelease(now, last)).toBe(expected);
  });
});
