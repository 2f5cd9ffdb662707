import { describe, expect, test } from "bun:test";
import { randomFillSync } from "node:crypto";
import { boxPublicKey } from "./generate.ts";
import type { Sodium } from "./sodium.ts";
import { loadSodiumAddon } from "./sodium-addon.ts";
import { nobleSodium } from "./sodium-noble.ts";

const random = (length: number) => randomFillSync(new Uint8Array(length));
const addon = await loadSodiumAddon();

/** What one writes the other must read, in both directions. */
const directions: [string, Sodium, Sodium][] = [
  ["from libsodium", addon, nobleSodium],
  ["to libsodium", nobleSodium, addon],
];

describe.each(directions)("boxes without the addon, %s", (_, seals, opens) => {
  const message = random(777);
  const nonce = random(24);

  test("secretbox", () => {
    const key = random(32);
    const box = new Uint8Array(message.length + 16);
    seals.crypto_secretbox_easy(box, message, nonce, key);
    const opened = new Uint8Array(message.length);
    expect(opens.crypto_secretbox_open_easy(opened, box, nonce, key)).toBe(true);
    expect(opened).toEqual(message);
    box[20] = (box[20] as number) ^ 1;
    expect(opens.crypto_secretbox_open_easy(opened, box, nonce, key)).toBe(false);
  });

  test("box", () => {
    const [alice, bob] = [random(32), random(32)];
    const box = new Uint8Array(message.length + 16);
    seals.crypto_box_easy(box, message, nonce, boxPublicKey(bob), alice);
    const opened = new Uint8Array(message.length);
    expect(opens.crypto_box_open_easy(opened, box, nonce, boxPublicKey(alice), bob)).toBe(true);
    expect(opened).toEqual(message);
    expect(opens.crypto_box_open_easy(opened, box, random(24), boxPublicKey(alice), bob)).toBe(false);
  });

  test("sealed box", () => {
    const bob = random(32);
    const box = new Uint8Array(message.length + 48);
    seals.crypto_box_seal(box, message, boxPublicKey(bob));
    const opened = new Uint8Array(message.length);
    expect(opens.crypto_box_seal_open(opened, box, boxPublicKey(bob), bob)).toBe(true);
    expect(opened).toEqual(message);
    expect(opens.crypto_box_seal_open(opened, box, boxPublicKey(random(32)), random(32))).toBe(false);
  });
});

test("public keys of low order are refused, as libsodium refuses them", () => {
  const zero = new Uint8Array(32);
  expect(() =>
    nobleSodium.crypto_box_easy(new Uint8Array(17), random(1), random(24), zero, random(32)),
  ).toThrow();
  expect(nobleSodium.crypto_box_open_easy(new Uint8Array(1), random(17), random(24), zero, random(32))).toBe(
    false,
  );
});
