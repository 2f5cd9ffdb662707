import { describe, expect, test } from "bun:test";
import { addressKey, isLoopback, RateLimit } from "./rate-limit.ts";

describe("a rate limit", () => {
  test("gives a burst, then so many a second, to each address", () => {
    let now = 0;
    const limit = new RateLimit({ perSecond: 2, burst: 3 }, () => now);
    const taken = (address: string): number => [1, 2, 3, 4, 5].filter(() => limit.take(address)).length;
    expect(taken("192.0.2.1")).toBe(3);
    expect(taken("192.0.2.2")).toBe(3);
    now += 1000;
    expect(taken("192.0.2.1")).toBe(2);
    expect(limit.has("192.0.2.1")).toBe(false);
    now += 3_600_000;
    expect(taken("192.0.2.1")).toBe(3);
  });

  test("gives nothing for a clock that goes back", () => {
    let now = 10_000;
    const limit = new RateLimit({ perSecond: 1, burst: 1 }, () => now);
    expect(limit.take("192.0.2.1")).toBe(true);
    now = 0;
    expect(limit.take("192.0.2.1")).toBe(false);
  });

  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::9", "2001:db8:1:2"],
    ["2001:db8::9", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
  ])("counts %s as %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });

  test.each([
    ["127.0.0.1", true],
    ["::ffff:127.0.0.1", true],
    ["::1", true],
    ["192.0.2.127", false],
    ["", false],
  ])("%s is of this machine: %p", (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });
});
