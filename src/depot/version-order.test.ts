import { describe, expect, test } from "bun:test";
import { versionOrder } from "./version-order.ts";

/** Newest first, as the database orders: numbers, plain before suffixed, suffix, all descending by bytes. */
function newestFirst(versions: readonly string[]): string[] {
  const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...versions].sort((a, b) => {
    const left = versionOrder(a);
    const right = versionOrder(b);
    return (
      bytes(right.version_numbers, left.version_numbers) ||
      right.version_plain - left.version_plain ||
      bytes(right.version_suffix, left.version_suffix)
    );
  });
}

describe("latest is decided as by the original's SQL (reference/depot-api.md §24.2)", () => {
  const cases: readonly (readonly string[])[] = [
    ["R16B03-1", "R16B02-5", "R16B", "R9Z-9", "R9B03-1"],
    ["19.227-19", "19.227-15", "19.209-37"],
    ["7u80", "7u79"],
    ["1.0.2r", "1.0.2h"],
    ["1.7.3", "0.0~r131"],
    ["1.2.3", "1.2.3-beta2", "1.2.3-beta12"],
    ["19.1.0.dev-cloud", "19.1.0.", "17.1.0-dev.cloud"],
    ["5", "4"],
    ["v1.2.3-master", "v1.2.3-aaster"],
    ["0.1.13", "0.1.4", "0.1.3"],
    ["1.10", "1.2.0", "1.2"],
    ["1.0.2", "1.0.2h"],
    ["18446744073709551617.0", "18446744073709551616.9"],
  ];
  for (const order of cases) {
    test(order.join(" > "), () => {
      expect(newestFirst([...order].reverse())).toEqual([...order]);
      expect(newestFirst(order)).toEqual([...order]);
    });
  }

  test("a version without digits is older than any other, not absent", () => {
    expect(newestFirst(["master", "0.1"])).toEqual(["0.1", "master"]);
  });

  test("empty components count as nought instead of failing", () => {
    expect(newestFirst(["1..2", ".5", "1.1", "1"])).toEqual(["1.1", "1..2", "1", ".5"]);
  });
});
