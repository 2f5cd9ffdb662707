import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { compareDebianVersions, satisfies, upstreamVersion } from "./version.ts";

/** Each is older than the next (Debian Policy §5.6.12, and versions that are in the archive). */
const ORDER = [
  "0~~",
  "0~",
  "0",
  "0.1",
  "1.0~beta1~svn1245",
  "1.0~beta1",
  "1.0",
  "1.0-1~deb12u1",
  "1.0-1~deb12u9",
  "1.0-1~deb12u10",
  "1.0-1",
  "1.0-1+b1",
  "1.0-1+deb12u1",
  "1.0-1.1",
  "1.0-10",
  "1.0a-1",
  "1.0+dfsg-1",
  "1.0.1",
  "1.00000000000000000000000000000000002",
  "1.00000000000000000000000000000000010",
  "99",
  "1:0.1",
  "2:0.0",
];

describe("the order of Debian versions", () => {
  test("is that of the policy", () => {
    for (const [i, older] of ORDER.entries())
      for (const [j, newer] of ORDER.entries())
        expect(`${older} ${newer} ${Math.sign(compareDebianVersions(older, newer))}`).toBe(
          `${older} ${newer} ${Math.sign(i - j)}`,
        );
  });

  test("knows equal versions of different spelling", () => {
    for (const [a, b] of [
      ["1.0", "0:1.0"],
      ["1.0", "1.00"],
      ["1.0", "1.0-0"],
      ["1.01", "1.1"],
    ] as const)
      expect(compareDebianVersions(a, b)).toBe(0);
  });

  test.skipIf(Bun.which("dpkg") === null)("is that of dpkg", () => {
    const piece = fc.constantFrom(
      "0",
      "1",
      "09",
      "10",
      "a",
      "Z",
      "~",
      "+",
      ".",
      "-",
      "~rc",
      "deb12u",
      "dfsg",
      "b",
    );
    const version = fc
      .tuple(fc.constantFrom("", "0:", "1:"), fc.array(piece, { maxLength: 6 }))
      .map(([epoch, pieces]) => `${epoch}1${pieces.join("")}`)
      .filter((text) => !text.endsWith("-"));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = compareDebianVersions(a, b);
        const relation = order < 0 ? "lt" : order > 0 ? "gt" : "eq";
        expect(Bun.spawnSync(["dpkg", "--compare-versions", a, relation, b]).exitCode).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("answers relations", () => {
    expect(satisfies("1.0-1", ">=", "1.0")).toBe(true);
    expect(satisfies("1.0", ">>", "1.0")).toBe(false);
    expect(satisfies("1.0", "<=", "1.0")).toBe(true);
    expect(satisfies("1.0~rc1", "<<", "1.0")).toBe(true);
    expect(satisfies("1.0", "=", "1:1.0")).toBe(false);
  });
});

test("the version of the authors is without what Debian adds", () => {
  expect(
    [
      "5:7.0.15-1~deb12u10",
      "2.36-9+deb12u10",
      "1.2.13.dfsg-1",
      "252.38-1~deb12u1",
      "2024a-0+deb12u1",
      "1.1.0+ds1-2",
    ].map(upstreamVersion),
  ).toEqual(["7.0.15", "2.36", "1.2.13", "252.38", "2024a", "1.1.0"]);
});
