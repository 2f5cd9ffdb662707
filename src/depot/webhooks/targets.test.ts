// Where webhooks may go, and what a receiver checks.

import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { Secret } from "../../crypto/index.ts";
import { newWebhookSecret, signatureOf } from "./signature.ts";
import { addressOf, PUBLIC_TARGETS, parseWebhookTargets, webhookUrl } from "./targets.ts";

describe("webhooks of the public", () => {
  test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])(
    "may go to %s",
    (address) => {
      expect(PUBLIC_TARGETS.allows(address)).toBe(true);
    },
  );

  test.each([
    ...["127.0.0.1", "127.255.0.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1"],
    ...["169.254.169.254", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.170"],
    ...[
      "::1",
      "::",
      "fe80::1",
      "fc00::1",
      "fd12::1",
      "ff02::1",
      "::ffff:127.0.0.1",
      "::ffff:169.254.169.254",
    ],
    ...["64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::", "2001:db8::1", "", "localhost", "1.2.3"],
  ])("may not go to %p", (address) => {
    expect(PUBLIC_TARGETS.allows(address)).toBe(false);
  });

  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]:80/",
    "http://[::ffff:10.0.0.1]/",
    "https://user:password@example.com/",
    "https://example.com/#part",
    "ftp://example.com/",
    "file:///etc/passwd",
    "example.com",
  ])("have no address such as %s", (url) => {
    expect(() => webhookUrl(url, PUBLIC_TARGETS)).toThrow();
  });

  test("have an address such as this", () => {
    expect(webhookUrl("https://Example.com/hook?x=1", PUBLIC_TARGETS).href).toBe(
      "https://example.com/hook?x=1",
    );
  });

  test("do not go where a name leads that may not be gone to", async () => {
    await expect(addressOf(new URL("http://localhost:9/"), PUBLIC_TARGETS)).rejects.toThrow("may not go to");
  });
});

describe("an operator", () => {
  test("allows networks, everything, or nothing", () => {
    const some = parseWebhookTargets("10.1.0.0/16, fd00::/8,127.0.0.1");
    for (const address of ["10.1.2.3", "fd00::1", "127.0.0.1", "8.8.8.8", "::ffff:10.1.2.3"])
      expect(some.allows(address)).toBe(true);
    for (const address of ["10.2.0.1", "127.0.0.2", "fc00::1"]) expect(some.allows(address)).toBe(false);
    expect(parseWebhookTargets("any").allows("169.254.169.254")).toBe(true);
    expect(parseWebhookTargets("none").allows("8.8.8.8")).toBe(false);
  });

  test.each(["10.0.0.0/33", "fd00::/129", "example.com", "10.0.0.0/8,any", "", "10.0.0.0/x"])(
    "is told that %p is nothing",
    (words) => {
      expect(() => parseWebhookTargets(words)).toThrow("where webhooks may go");
    },
  );
});

test("the signature is the HMAC of time and body", () => {
  const secret = newWebhookSecret();
  expect(secret.reveal()).toMatch(/^whsec_[\w-]{43}$/);
  const code = createHmac("sha256", "0123456789abcdef").update('1700000000.{"a":1}').digest("hex");
  expect(signatureOf(new Secret("0123456789abcdef"), 1_700_000_000, '{"a":1}')).toBe(
    `t=1700000000,v1=${code}`,
  );
});
