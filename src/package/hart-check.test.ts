import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Blake2b256, type PublicKey, parseKey } from "../crypto/index.ts";
import { type HabError, isKind } from "../error/index.ts";
import { packageErrors } from "./errors.ts";
import { HartCheck } from "./hart-check.ts";

const vectors = join(import.meta.dir, "../../test/conformance/packages");
const hart = (name: string) => new Uint8Array(readFileSync(join(vectors, "harts", `${name}.hart`)));
const key = parseKey("origin-public", readFileSync(join(vectors, "keys/acme-20261123072809.pub"), "utf8"));
const newHasher = () => new Blake2b256();
const findKey = async (): Promise<PublicKey<"origin-public">> => key;

async function check(bytes: Uint8Array, pieceSize: number): Promise<void> {
  const checking = new HartCheck(findKey, newHasher);
  for (let at = 0; at < bytes.length; at += pieceSize) {
    checking.push(bytes.subarray(at, at + pieceSize));
    await Promise.resolve();
  }
  await checking.finish();
}

async function kindOf(work: Promise<void>): Promise<HabError | undefined> {
  return work.then(
    () => undefined,
    (error: HabError) => error,
  );
}

describe("a hart that arrives in pieces", () => {
  test.each([1, 7, 100, 1_000_000])("of %i bytes is good", async (size) => {
    await check(hart("base"), size);
  });

  test.each([1, 100, 1_000_000])("of %i bytes with another payload is not", async (size) => {
    const error = await kindOf(check(hart("bad-payload-bit"), size));
    expect(isKind(error, packageErrors.contentMismatch)).toBe(true);
  });

  test("with a false signature is refused before its end", async () => {
    const checking = new HartCheck(findKey, newHasher);
    const bytes = hart("bad-signature-bit");
    const arrive = async () => {
      checking.push(bytes.subarray(0, -1));
      // The signature is checked on another thread, while more arrives.
      for (;;) {
        checking.push(new Uint8Array());
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await expect(arrive()).rejects.toThrow("Verification failed");
  });

  test.each(["bad-version", "bad-hash-type", "bad-header-only-4-lines", "bad-empty-file"])(
    "%s is no hart",
    async (name) => {
      const error = await kindOf(check(hart(name), 50));
      expect(isKind(error, packageErrors.notAHart)).toBe(true);
    },
  );

  test("that never ends its header is given up after 16 KiB", () => {
    const checking = new HartCheck(findKey, newHasher);
    expect(() => {
      for (let i = 0; i < 100; i++) checking.push(new Uint8Array(1024).fill(65));
    }).toThrow();
  });

  test("can start again", async () => {
    const checking = new HartCheck(findKey, newHasher);
    checking.push(hart("bad-payload-bit"));
    checking.restart();
    checking.push(hart("base"));
    await checking.finish();
  });
});
