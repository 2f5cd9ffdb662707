import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cryptoErrors } from "./errors.ts";
import { generateBoxKeyPair, generateOriginKeyPair, generateRingKey } from "./generate.ts";
import { formatKey, makeKey } from "./key.ts";
import { KeyCache } from "./key-cache.ts";

let directory: string;
let cache: KeyCache;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-cache-"));
  cache = new KeyCache(join(directory, "keys"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const first = new Date("2026-01-01T00:00:00Z");
const second = new Date("2026-01-01T00:00:01Z");
const failing = (kind: keyof typeof cryptoErrors) =>
  expect.objectContaining({ code: cryptoErrors[kind].code });

describe("what is written", () => {
  test("is found again, as latest and by revision", () => {
    const [old, young] = [generateOriginKeyPair("acme", first), generateOriginKeyPair("acme", second)];
    cache.writePair(young);
    cache.writePair(old);
    expect(cache.latest("origin-public", "acme")).toEqual(young.publicKey);
    expect(cache.latest("origin-secret", "acme").bytes.reveal()).toEqual(
      new Uint8Array(young.secretKey.bytes.reveal()),
    );
    expect(cache.get("origin-public", old.publicKey.id)).toEqual(old.publicKey);
    expect(cache.revisions("origin-public", "acme")).toEqual([old.publicKey.id, young.publicKey.id]);
  });

  test("may be written again, but not over by another key", () => {
    const key = generateRingKey("ring", first);
    cache.write(key);
    cache.write(key);
    expect(() => cache.write(generateRingKey("ring", first))).toThrow(failing("keyConflict"));
    expect(cache.get("ring", key.id).bytes.reveal()).toEqual(key.bytes.reveal());
  });

  test("leaves no temporary file", () => {
    cache.write(generateRingKey("ring", first));
    expect(readdirSync(cache.directory)).toEqual(["ring-20260101000000.sym.key"]);
  });

  test("takes the place of a damaged file when it may, of another key never", () => {
    const pair = generateOriginKeyPair("acme", first);
    const path = cache.write(pair.publicKey);
    for (const damaged of ["", "SIG-PUB-1\n", "no key at all", Buffer.of(0xff, 0xfe)]) {
      rmSync(path, { force: true });
      writeFileSync(path, damaged);
      expect(() => cache.write(pair.publicKey)).toThrow(failing("keyConflict"));
      cache.replace(pair.publicKey);
      expect(cache.latest("origin-public", "acme")).toEqual(pair.publicKey);
    }
    expect(cache.replace(pair.publicKey)).toBe(path);
    const other = generateOriginKeyPair("acme", first).publicKey;
    const encryption = generateBoxKeyPair("origin-encryption", "acme", first).publicKey;
    for (const key of [other, encryption]) expect(() => cache.replace(key)).toThrow(failing("keyConflict"));
  });

  test("is a pair only under one name", () => {
    const [a, b] = [generateOriginKeyPair("a", first), generateOriginKeyPair("b", first)];
    const mixed = { publicKey: a.publicKey, secretKey: b.secretKey };
    expect(() => cache.writePair(mixed)).toThrow(failing("mismatchedPair"));
    expect(existsSync(cache.directory)).toBe(false);
  });
});

describe("lookup", () => {
  test("takes exactly the name asked for", () => {
    cache.writePair(generateOriginKeyPair("acme-tools", second));
    cache.writePair(generateOriginKeyPair("acme", first));
    expect(cache.latest("origin-secret", "acme").id.name).toBe("acme");
    for (const pattern of ["*", "acm?", "[a]cme", "acm"])
      expect(() => cache.latest("origin-secret", pattern)).toThrow(failing("noRevisions"));
  });

  test("does not take what is no regular file, but follows links to one", () => {
    const old = generateRingKey("ring", first);
    const path = cache.write(old);
    symlinkSync("nowhere", join(cache.directory, "ring-20300101000000.sym.key"));
    expect(cache.latest("ring", "ring").id).toEqual(old.id);
    symlinkSync(path, join(cache.directory, "ring-20310101000000.sym.key"));
    expect(cache.revisions("ring", "ring").map((id) => id.revision)).toEqual([
      "20260101000000",
      "20310101000000",
    ]);
  });

  test("of nothing says so", () => {
    const { id } = generateRingKey("ring", first);
    expect(() => cache.get("ring", id)).toThrow(failing("keyNotFound"));
    expect(() => cache.latest("ring", "ring")).toThrow(failing("noRevisions"));
    expect(cache.list()).toEqual([]);
    expect(cache.has("ring", id)).toBe(false);
  });

  test("tells kinds apart by what is inside", () => {
    const pair = generateBoxKeyPair("user", "bob", first);
    cache.writePair(pair);
    expect(() => cache.latest("origin-public", "bob")).toThrow(failing("unsupportedKeyVersion"));
    expect(cache.list().map((file) => file.extension)).toEqual(["box.key", "pub"]);
  });
});

describe("names that lead elsewhere", () => {
  for (const name of ["../evil", "/etc/evil", "a/../../evil", "a\0b", "a\nb", ""]) {
    test(`${JSON.stringify(name)} is neither written nor read`, () => {
      const id = { name, revision: "20260101000000" };
      const key = makeKey("origin-public", id, new Uint8Array(32));
      for (const act of [
        () => cache.write(key),
        () => cache.get("origin-public", id),
        () => cache.has("origin-public", id),
      ])
        expect(act).toThrow(failing("unsafeKeyName"));
      expect(readdirSync(directory)).toEqual([]);
    });
  }

  test("a revision cannot smuggle a path in", () => {
    const id = { name: "a", revision: "../../../etc/x" };
    expect(() => cache.get("ring", id)).toThrow(failing("malformedNamedRevision"));
  });
});

describe("a cache that cannot be used", () => {
  test("says which directory and why", () => {
    writeFileSync(join(directory, "file"), "");
    const broken = new KeyCache(join(directory, "file"));
    for (const act of [
      () => broken.write(generateRingKey("ring", first)),
      () => broken.list(),
      () => broken.setup(),
    ])
      expect(act).toThrow(
        expect.objectContaining({
          code: cryptoErrors.cacheUnusable.code,
          message: expect.stringContaining(broken.directory),
        }),
      );
  });
});

test("errors hold no key material", () => {
  const key = generateRingKey("ring", first);
  const material = formatKey(key).reveal().split("\n")[3]!;
  cache.write(key);
  try {
    cache.write(generateRingKey("ring", first));
  } catch (error) {
    expect(Bun.inspect(error)).not.toContain(material);
  }
  expect.assertions(1);
});
