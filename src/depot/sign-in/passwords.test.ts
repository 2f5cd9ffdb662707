// Which passwords are taken, how they are hashed, and that hashing cannot take the machine.
import { describe, expect, test } from "bun:test";
import { Secret } from "../../crypto/index.ts";
import { Refusal } from "../answers.ts";
import { boundedQueue, hashPassword, isOutdatedHash, passwordFault } from "./passwords.ts";

describe("a new password", () => {
  test.each([
    ["a-long-one!!", undefined],
    ["twelve chars", undefined],
    ["🐎🔋📎✅ and more", undefined],
    ["eleven char", "at least 12"],
    ["xyz!".repeat(257), "at most 1024"],
    ["aaaaaaaaaaaaaaaa", "again and again"],
    ["alice-alice-1", "account's name"],
  ])("%p: %p", (password, fault) => {
    const found = passwordFault(password, "alice");
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });

  test("is hashed with argon2id, 19 MiB and two passes; the same letters in another form are the same", async () => {
    const hash = await hashPassword(new Secret("Zoe\u0308 und Ame\u0301lie"), "x");
    expect(hash).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(isOutdatedHash(hash)).toBe(false);
    expect(isOutdatedHash(hash.replace("m=19456", "m=8192"))).toBe(true);
    expect(await Bun.password.verify("Zo\u00eb und Am\u00e9lie", hash)).toBe(true);
  });
});

test("so many at once, so many waiting, and the rest are asked to come later", async () => {
  const queue = boundedQueue(2, 3);
  const gates: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const task = () =>
    queue(async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => gates.push(resolve));
      running--;
    });
  const results = Array.from({ length: 8 }, () =>
    task().then(
      () => "done",
      (error) => (error instanceof Refusal ? error.status : error),
    ),
  );
  for (let each = 0; each < 5; each++) {
    while (gates.length === 0) await Promise.resolve();
    gates.shift()?.();
  }
  expect(await Promise.all(results)).toEqual(["done", "done", "done", "done", "done", 503, 503, 503]);
  expect(most).toBe(2);
  expect(await queue(async () => "free again")).toBe("free again");
});
