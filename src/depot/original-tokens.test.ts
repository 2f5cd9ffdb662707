// Tokens of the original (reference/depot-api.md §24.1).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encryptAtRest, parseKey, Secret } from "../crypto/index.ts";
import { importToken } from "./index.ts";
import { parseAccessToken } from "./original-tokens.ts";
import { withDatabase } from "./place.ts";
import { openSecrets } from "./secrets.ts";
import { startTestDepot, type TestDepot } from "./testing/depot.ts";

const KEY = "BOX-SEC-1\nbldr-20200825205529\n\nM9u8wuJmZMsmVG4tNgngYJDapjIJE1RnxJAFVN97Bxs=";
const LAST = 8_210_266_876_799n;

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function message(account: bigint, flags: bigint, expires: bigint): Uint8Array {
  return Uint8Array.from([8, ...varint(account), 16, ...varint(flags), 24, ...varint(expires)]);
}

async function token(content: Uint8Array, key = KEY): Promise<Secret<string>> {
  const box = await encryptAtRest(parseKey("builder-secret", key), content);
  return new Secret(`_${Buffer.from(box).toString("base64")}`);
}

describe("the message in a token", () => {
  test("is that of the original", () => {
    const bytes = Buffer.from("08c010100018ffd6a9d0f9ee01", "hex");
    expect(message(2112n, 0n, LAST)).toEqual(new Uint8Array(bytes));
    expect(parseAccessToken(bytes)).toEqual({ accountId: "2112", flags: 0, expiresAt: undefined });
  });

  test.each(["", "08", "08c0", "0a00", "0801", `08${"ff".repeat(11)}`])("is not %p", (hex) => {
    expect(() => parseAccessToken(Buffer.from(hex, "hex"))).toThrow(/account and an end/);
  });
});

describe("a token of an original depot", () => {
  let depot: TestDepot;
  beforeAll(async () => {
    depot = await startTestDepot();
    writeFileSync(join(depot.directory, "keys", "bldr-20200825205529.box.key"), KEY, { mode: 0o400 });
    await depot.account("bobo");
  });
  afterAll(() => depot.stop());

  const profile = async (of: Secret<string>): Promise<number> =>
    (await depot.call("GET", "/profile", { token: of.reveal() })).status;

  test("is opened with the key that sealed it", async () => {
    const secrets = await withDatabase(depot.place, (database) =>
      openSecrets(database, { directory: join(depot.directory, "keys") }, Date.now()),
    );
    const box = [
      "BOX-1",
      "bldr-20200825205529",
      "bldr-20200825205529",
      "ilnFU7aVNfkq6PrNXzXh3l1FTQftMzoM",
      "r6B4EAUIRO2tf169nPMeDPxVzZ7tslS/Oiv2ZQCcFBRyotwv5rh0NjN6KR5pCFOPWAmp62tSQQz6FIiKqHC2bBlk3A4MLugX",
    ].join("\n");
    expect(await secrets.open(box)).toBe("Fear is the little-death that brings total obliteration.");
  });

  test("works once it is taken over, with its padding or without, until it is revoked", async () => {
    const original = await token(message(2112n, 7n, LAST));
    expect(await profile(original)).toBe(401);
    const imported = await importToken(depot.place, "bobo", original);
    expect(imported).toMatchObject({ account: "bobo", expiresAt: null, originalAccountId: "2112" });
    expect(await profile(original)).toBe(200);
    expect(await profile(new Secret(original.reveal().replace(/=+$/, "")))).toBe(200);
    // The flags of a build worker put nobody above the roles.
    await depot.account("mystique");
    await depot.call("POST", "/depot/origins", { token: original.reveal(), json: { name: "own" } });
    await depot.call("DELETE", `/profile/access-tokens/${imported.id}`, { token: original.reveal() });
    expect(await profile(original)).toBe(401);
  });

  test("is not taken over when it has expired, is the depot's own, twice, or for nobody", async () => {
    const take = (of: Secret<string>, name = "bobo") => importToken(depot.place, name, of);
    await expect(take(await token(message(1n, 0n, 1000n)))).rejects.toThrow(/expired/);
    await expect(take(await token(message(0n, 7n, LAST)))).rejects.toThrow(/of the depot itself/);
    const twice = await token(message(5n, 0n, 8_210_298_326_400n));
    await take(twice);
    await expect(take(twice)).rejects.toThrow(/already/);
    await expect(take(await token(message(6n, 0n, LAST)), "nobody")).rejects.toThrow(/no account nobody/);
  });

  test.each([
    "_Qk9YLTEKYmxkci0yMDIwMDkxNTE2MDkyMQpibGRyLTIwMjAwOTE1MTYwOTIxCkc1amVzMVVsdm1xWE0xZW9rWXYyM202ODB0aVVxWjRiCnp4ZlFoZE9FTEVUOXViQ2VWRVBaVnJVR0p0YWhTL2JtYmxDcmxpdz0=",
    "Qk9YLTEKYmxkci0yMDIwMDkxNTE2MDkyMQ==",
    "_DEADBEEFDEADBEEFDEADBEEF",
    "_it has a space",
    "",
  ])("that no key here opens is refused: %p", async (text) => {
    await expect(importToken(depot.place, "bobo", new Secret(text))).rejects.toThrow(
      /no token of an original depot|no key of this depot/,
    );
  });
});
