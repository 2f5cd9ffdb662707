import { describe, expect, test } from "bun:test";
import { hasCapabilities, mapsOtherIds } from "./capabilities.ts";

describe("running services as another user", () => {
  test.each([
    ["all", "CapEff:\t000001ffffffffff", true],
    ["exactly the three", "CapEff:\t00000000000000c1", true],
    ["no CAP_CHOWN", "CapEff:\t00000000000000c0", false],
    ["no CAP_SETGID", "CapEff:\t0000000000000081", false],
    ["no CAP_SETUID", "CapEff:\t0000000000000041", false],
    ["none", "CapEff:\t0000000000000000", false],
    ["permitted only", "CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000", false],
    ["no such line", "", false],
  ])("capabilities: %s", (_, status, expected) => {
    expect(hasCapabilities(`Name:\thab\n${status}\nCapBnd:\t000001ffffffffff\n`)).toBe(expected);
  });

  test.each([
    ["all ids", "         0          0 4294967295\n", true],
    ["one id", "         0       1000          1\n", false],
    ["one id and a subordinate range", "0 1000 1\n1 100000 65536\n", true],
    ["not readable", "", true],
  ])("user namespace: %s", (_, map, expected) => {
    expect(mapsOtherIds(map)).toBe(expected);
  });
});
