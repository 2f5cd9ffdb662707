import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addHash, HASH48_RANGE, hash48, subtractHash } from "./hash48.ts";
import { shortId } from "./short-id.ts";

describe("hash48", () => {
  test("is the same at every member: part of the protocol", () => {
    expect(hash48()).toBe(99_474_262_870_862);
    expect(hash48("")).toBe(216_141_617_369_128);
    expect(hash48("service", "redis.default", 7n)).toBe(143_136_084_765_399);
    expect(hash48(new Uint8Array([0, 1, 255]), 2n ** 64n - 1n)).toBe(74_968_872_055_027);
    expect(shortId("0123456789abcdef0123456789abcdef")).toBe(268_569_243_281_714);
  });

  test("tells borders and kinds of parts apart", () => {
    const bytes = Buffer.from("ab");
    const all = [
      hash48("ab"),
      hash48("a", "b"),
      hash48("ab", ""),
      hash48("", "ab"),
      hash48(new Uint8Array(bytes)),
      hash48(1n),
      hash48("1"),
      hash48(1n, 0n),
      hash48(2n ** 32n),
      hash48(0n),
      hash48(),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test("stays below 2^48", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.uint8Array(), fc.bigInt(0n, 2n ** 64n - 1n))),
        (parts) => {
          const hash = hash48(...parts);
          expect(Number.isInteger(hash) && hash >= 0 && hash < HASH48_RANGE).toBe(true);
        },
      ),
    );
  });

  test("has no collision among 300,000 keys that differ little", () => {
    const seen = new Set<number>();
    for (let index = 0; index < 100_000; index++) {
      seen.add(hash48("service", `member-${index}`, "redis.default", 1n));
      seen.add(hash48("service", "member", "redis.default", BigInt(index)));
      seen.add(shortId(index.toString(16).padStart(32, "0")));
    }
    expect(seen.size).toBe(300_000);
  });

  test("changes about half of the bits with each bit that goes in", () => {
    const bitsApart = (a: number, b: number) => {
      const [x, y] = [BigInt(a), BigInt(b)];
      return (x ^ y).toString(2).replaceAll("0", "").length;
    };
    let total = 0;
    let fewest = 48;
    let count = 0;
    for (let value = 0n; value < 64n; value++)
      for (let bit = 0n; bit < 64n; bit++) {
        const apart = bitsApart(hash48(value), hash48(value ^ (1n << bit)));
        total += apart;
        fewest = Math.min(fewest, apart);
        count++;
      }
    expect(total / count).toBeGreaterThan(23.5);
    expect(total / count).toBeLessThan(24.5);
    expect(fewest).toBeGreaterThan(8);
  });
});

describe("sums of hashes", () => {
  const hash = fc.nat({ max: HASH48_RANGE - 1 });

  test("do not depend on the order, and go back", () => {
    fc.assert(
      fc.property(fc.array(hash), hash, (hashes, one) => {
        const sum = hashes.reduce(addHash, 0);
        expect([...hashes].reverse().reduce(addHash, 0)).toBe(sum);
        expect(subtractHash(addHash(sum, one), one)).toBe(sum);
        expect(sum).toBeLessThan(HASH48_RANGE);
      }),
    );
  });
});
