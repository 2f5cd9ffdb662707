// A key that is there but may not be read: root may read everything, so this is a matter of a process of its own.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateRingKey, KeyCache } from "../../src/crypto/index.ts";
import { HAB, run, WITHOUT_ROOT } from "./program.ts";

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "hab-unreadable-"));
  chmodSync(cache, 0o755);
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

test("it is reported, and no older one is taken in its place", async () => {
  const keys = new KeyCache(cache);
  chmodSync(keys.write(generateRingKey("ring", new Date("2026-01-01T00:00:00Z"))), 0o444);
  const newest = keys.write(generateRingKey("ring", new Date("2026-01-02T00:00:00Z")));
  chmodSync(newest, 0);
  const words = ["ring", "key", "export", "ring", "--cache-key-path", cache];
  const { code, stdout, stderr } = await run([...WITHOUT_ROOT, HAB, ...words]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain("EACCES");
  expect(stderr).toContain("HAB-KEY-013");
});
