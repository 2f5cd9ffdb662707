// Version order as the original decides it (recorded from 2.1.78).
import { describe, expect, test } from "bun:test";
import {
  compareByParts,
  compareIdents,
  formatIdent,
  newest,
  parseFullIdent,
} from "../../../src/package/index.ts";
import vectors from "./version-order.json";

const ANSWER: Record<string, number> = { less: -1, equal: 0, greater: 1 };

describe("which of two versions is newer", () => {
  test.each(vectors.cases)("$a against $b: $expect", ({ a, b, expect: expected }) => {
    const [older, newer] = ["20240101000000", "20240101000001"];
    const ident = (version: string, release: string) => ({ origin: "t", name: "p", version, release });
    const wanted = ANSWER[expected] as number;
    // With equal versions the release decides, so both ways round tell all three answers apart.
    expect(Math.sign(compareIdents(ident(a, older as string), ident(b, newer as string)) as number)).toBe(
      wanted || -1,
    );
    expect(Math.sign(compareIdents(ident(a, newer as string), ident(b, older as string)) as number)).toBe(
      wanted || 1,
    );
  });
});

describe("order of listings", () => {
  test.each(vectors.lists)("$name", ({ installed, expect_list, expect_latest }) => {
    const idents = installed.map(parseFullIdent);
    expect([...idents].sort(compareByParts).map(formatIdent)).toEqual(expect_list);
    expect(formatIdent(newest(idents) as (typeof idents)[number])).toBe(expect_latest);
  });
});
