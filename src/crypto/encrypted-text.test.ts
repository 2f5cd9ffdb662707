import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64 } from "./base64.ts";
import {
  decryptAnonymous,
  decryptAtRest,
  decryptWithCache,
  encryptAnonymously,
  encryptAtRest,
  encryptFor,
  parseAnonymousBox,
  parseSignedBox,
} from "./encrypted-text.ts";
import { cryptoErrors } from "./errors.ts";
import { generateBoxKeyPair, generateBuilderKey } from "./generate.ts";
import { makeKey } from "./key.ts";
import { KeyCache } from "./key-cache.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-box-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const cache = new KeyCache(directory);
const now = new Date("2026-01-01T00:00:00Z");
const user = generateBoxKeyPair("user", "bob", now);
const service = generateBoxKeyPair("service", "redis.default@acme", now);
cache.writePair(user);
cache.writePair(service);
const message = Buffer.from("port = 1\n");
const failing = (kind: keyof typeof cryptoErrors) =>
  expect.objectContaining({ code: cryptoErrors[kind].code });

describe("BOX-1", () => {
  test("is five lines without a line end, and opens with the keys it names", async () => {
    const text = await encryptFor(user.secretKey, service.publicKey, message);
    const lines = text.split("\n");
    expect(lines.slice(0, 3)).toEqual(["BOX-1", "bob-20260101000000", "redis.default@acme-20260101000000"]);
    expect(lines).toHaveLength(5);
    expect(Buffer.from(await decryptWithCache(cache, Buffer.from(text))).toString()).toBe("port = 1\n");
    expect(Buffer.from(await decryptWithCache(cache, `${text}\nmore\n`)).toString()).toBe("port = 1\n");
  });

  test("does not open when a byte changes or another key is named", async () => {
    const text = await encryptFor(user.secretKey, service.publicKey, message);
    const { ciphertext } = parseSignedBox(text);
    const changed = Uint8Array.from(ciphertext);
    changed[0]! ^= 1;
    expect(
      decryptWithCache(cache, text.replace(encodeBase64(ciphertext), encodeBase64(changed))),
    ).rejects.toThrow(failing("undecryptable"));
    expect(decryptWithCache(cache, text.replace("bob-", "eve-"))).rejects.toThrow(failing("keyNotFound"));
    expect(decryptWithCache(cache, text.replace("bob-", "../bob-"))).rejects.toThrow(
      failing("unsafeKeyName"),
    );
  });

  const nonce = encodeBase64(new Uint8Array(24));
  const damaged: [why: string, text: string, kind: keyof typeof cryptoErrors][] = [
    ["nothing", "", "malformedBox"],
    ["another version", "BOX-2\na-20260101000000", "malformedBox"],
    ["a space after the version", "BOX-1 \n", "malformedBox"],
    ["no sender", "BOX-1", "malformedBox"],
    ["a bad sender", "BOX-1\na\nb-20260101000000", "malformedNamedRevision"],
    ["no nonce", "BOX-1\na-20260101000000\nb-20260101000000", "malformedBox"],
    ["a short nonce", "BOX-1\na-20260101000000\nb-20260101000000\nAAAA\nAAAA", "malformedBox"],
    ["no ciphertext", `BOX-1\na-20260101000000\nb-20260101000000\n${nonce}`, "malformedBox"],
    ["spaces around base64", `BOX-1\na-20260101000000\nb-20260101000000\n${nonce} \nAAAA`, "malformedBox"],
  ];
  for (const [why, text, kind] of damaged)
    test(`with ${why} is refused`, () => expect(() => parseSignedBox(text)).toThrow(failing(kind)));

  test("bytes that are no text are refused", () => {
    expect(() => parseSignedBox(Uint8Array.of(0xff, 0xfe))).toThrow(failing("malformedBox"));
  });
});

describe("ANONYMOUS-BOX-1", () => {
  const origin = generateBoxKeyPair("origin-encryption", "acme", now);

  test("opens for the recipient only", async () => {
    const text = await encryptAnonymously(origin.publicKey, message);
    expect(text.split("\n").slice(0, 2)).toEqual(["ANONYMOUS-BOX-1", "acme-20260101000000"]);
    expect(Buffer.from(await decryptAnonymous(origin.secretKey, text)).toString()).toBe("port = 1\n");
    expect(decryptAnonymous(user.secretKey, text)).rejects.toThrow(failing("undecryptable"));
  });

  test("damaged text is refused", () => {
    for (const text of ["", "BOX-1\n", "ANONYMOUS-BOX-1", "ANONYMOUS-BOX-1\na-20260101000000\n*"])
      expect(() => parseAnonymousBox(text)).toThrow(failing("malformedBox"));
  });

  test("a public key that gives the secret away is refused", () => {
    const weak = makeKey("origin-encryption-public", origin.publicKey.id, new Uint8Array(32));
    expect(encryptAnonymously(weak, message)).rejects.toThrow(failing("malformedKey"));
  });
});

describe("at rest", () => {
  const key = generateBuilderKey(now);

  test("opens with the key it names and no other", async () => {
    const text = await encryptAtRest(key, message);
    expect(Buffer.from(await decryptAtRest(key, text)).toString()).toBe("port = 1\n");
    const other = generateBuilderKey(new Date("2027-01-01T00:00:00Z"));
    expect(decryptAtRest(other, text)).rejects.toThrow(failing("keyNotFound"));
    const impostor = generateBuilderKey(now);
    expect(decryptAtRest(impostor, text)).rejects.toThrow(failing("undecryptable"));
  });
});
