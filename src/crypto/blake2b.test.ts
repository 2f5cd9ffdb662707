import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Blake2b256, blake2b256Hex, digestsEqual } from "./blake2b.ts";
import { bulkHashing } from "./blake2b-bulk.ts";
import { hashFile } from "./hash-file.ts";

const directory = mkdtempSync(join(tmpdir(), "hab-hash-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("hashing a file", () => {
  const MIB = 1024 * 1024;
  for (const size of [0, 1, 127, 128, 129, MIB - 1, MIB, MIB + 1, 8 * MIB, 9 * MIB + 77]) {
    test(`of ${size} bytes gives what hashing its bytes gives`, async () => {
      const bytes = Buffer.alloc(size, "hab");
      const path = join(directory, `${size}`);
      writeFileSync(path, bytes);
      expect(await hashFile(path)).toBe(blake2b256Hex(bytes));
    });
  }

  test("a missing file is the system's error", () => {
    expect(hashFile(join(directory, "missing"))).rejects.toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test("a file without a size, as in /proc, is read to its end", async () => {
    expect(await hashFile("/proc/version")).toBe(blake2b256Hex(await Bun.file("/proc/version").bytes()));
  });
});

test("much data hashes as little does, in pieces of any length", async () => {
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 5, "habitat");
  for (const length of [1, 127, 4096, 1_000_000]) {
    const hasher = (await bulkHashing())();
    for (let at = 0; at < Math.min(bytes.length, 5000 * length); at += length)
      hasher.update(bytes.subarray(at, at + length));
    expect(hasher.digestHex()).toBe(blake2b256Hex(bytes.subarray(0, 5000 * length)));
  }
});

test("pieces hash as the whole", () => {
  const hasher = new Blake2b256();
  for (const piece of ["su", "", "per"]) hasher.update(piece);
  expect(hasher.digestHex()).toBe(blake2b256Hex("super"));
});

test("digests are equal in either case", () => {
  const digest = blake2b256Hex("a");
  expect(digestsEqual(digest, digest.toUpperCase())).toBe(true);
  expect(digestsEqual(digest, blake2b256Hex("b"))).toBe(false);
  expect(digestsEqual(digest, digest.slice(1))).toBe(false);
});
