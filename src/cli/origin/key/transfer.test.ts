// `hab origin key upload` and `download` against a real depot, and against one that lies.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatKey, generateOriginKeyPair, KeyCache } from "../../../crypto/index.ts";
import { createAccount, createToken, type RunningDepot, startDepot } from "../../../depot/index.ts";
import { runHab } from "../../testing/run-hab.ts";

const root = mkdtempSync(join(tmpdir(), "hab-transfer-"));
const pair = generateOriginKeyPair("acme", new Date("2026-01-02T03:04:05Z"));
const name = "acme-20260102030405";
let depot: RunningDepot;
let token: string;
let cacheNumber = 0;
let directory: string;

beforeAll(async () => {
  const dataDirectory = join(root, "depot");
  depot = await startDepot({ dataDirectory, listen: { host: "127.0.0.1", port: 0 }, log: () => {} });
  await createAccount(dataDirectory, "alice", "alice@example.com");
  token = (await createToken(dataDirectory, "alice")).token.reveal();
  const { createDepotClient } = await import("../../../depot-client/index.ts");
  const { Secret } = await import("../../../crypto/index.ts");
  await createDepotClient({ url: depot.url, token: new Secret(token) }).createOrigin("acme");
});
afterAll(async () => {
  await depot.stop();
  rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  directory = join(root, `keys${cacheNumber++}`);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function hab(words: string, env: Record<string, string> = {}) {
  return runHab(["origin", "key", ...words.split(" ")], {
    env: {
      HAB_CACHE_KEY_PATH: directory,
      HAB_NOCOLORING: "true",
      HAB_BLDR_URL: depot.url,
      HAB_AUTH_TOKEN: token,
      HOME: root,
      ...env,
    },
  });
}

describe("a pair", () => {
  test("goes up from the key cache and comes down into another", async () => {
    new KeyCache(directory).writePair(pair);
    expect(await hab("upload --secret acme")).toMatchObject({ exitCode: 0, stderr: "" });
    const again = await hab("upload acme");
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("already exists") });

    rmSync(directory, { recursive: true });
    expect(await hab("download acme", { HAB_AUTH_TOKEN: "" })).toMatchObject({ exitCode: 0 });
    expect(await hab("download --secret acme")).toMatchObject({ exitCode: 0 });
    expect(readdirSync(directory).sort()).toEqual([`${name}.pub`, `${name}.sig.key`]);
    expect(readFileSync(join(directory, `${name}.pub`), "utf8")).toBe(formatKey(pair.publicKey));
    expect(readFileSync(join(directory, `${name}.sig.key`), "utf8")).toBe(formatKey(pair.secretKey).reveal());
  });

  test("goes up from files", async () => {
    const [pubfile, secfile] = [join(root, "p"), join(root, "s")];
    writeFileSync(pubfile, `${formatKey(pair.publicKey)}\n`);
    writeFileSync(secfile, formatKey(pair.secretKey).reveal());
    expect(await hab(`upload --pubfile ${pubfile} --secfile ${secfile}`)).toMatchObject({ exitCode: 0 });
    const other = generateOriginKeyPair("acme", new Date("2027-01-01T00:00:00Z"));
    writeFileSync(secfile, formatKey(other.secretKey).reveal());
    expect(await hab(`upload --pubfile ${pubfile} --secfile ${secfile}`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("HAB-KEY-008"),
    });
  });
});

describe("download", () => {
  test("of one revision asks for that one; what is there is used, what is damaged replaced", async () => {
    const words = "download acme 20260102030405";
    expect((await hab(words)).stdout).toContain(`Downloading ${name}`);
    expect((await hab(words)).stdout).toContain(`Using ${name}`);
    rmSync(join(directory, `${name}.pub`));
    writeFileSync(join(directory, `${name}.pub`), "SIG-PUB-1\n");
    expect((await hab(words)).stdout).toContain(`Cached ${name}`);
    expect(readFileSync(join(directory, `${name}.pub`), "utf8")).toBe(formatKey(pair.publicKey));
  });

  test("of secret and encryption keys needs a token, and says so", async () => {
    for (const flag of ["-s", "-e"])
      expect(await hab(`download acme ${flag}`, { HAB_AUTH_TOKEN: "" })).toEqual({
        exitCode: 0,
        stdout: "★ No auth token found. You must pass a token to download secret keys.\n",
        stderr: "",
      });
  });

  test("of an origin that is not there fails", async () => {
    expect((await hab("download nobody 20260102030405")).exitCode).toBe(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  test.each(["../../evil.pub", "/evil.pub", "..", "other-20260102030405.pub"])(
    "stores a key under its own name, whatever x-filename says: %s",
    async (fileName) => {
      const sender = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        fetch: () => new Response(formatKey(pair.publicKey), { headers: { "X-Filename": fileName } }),
      });
      try {
        const { exitCode } = await hab("download acme 20260102030405", { HAB_BLDR_URL: sender.url.href });
        expect(exitCode).toBe(0);
        expect(readdirSync(directory)).toEqual([`${name}.pub`]);
        expect(existsSync(join(directory, "../../evil.pub"))).toBe(false);
      } finally {
        await sender.stop(true);
      }
    },
  );

  test("never stores another key than the one asked for", async () => {
    const liar = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(formatKey(generateOriginKeyPair("core", new Date()).publicKey)),
    });
    try {
      const { exitCode, stderr } = await hab("download acme 20260102030405", { HAB_BLDR_URL: liar.url.href });
      expect(exitCode).toBe(1);
      expect(stderr).toContain("HAB-KEY-008");
      expect(readdirSync(directory)).toEqual([]);
    } finally {
      await liar.stop(true);
    }
  });
});

test("upload without a token or a key says what is missing", async () => {
  expect(await hab("upload acme", { HAB_AUTH_TOKEN: "" })).toMatchObject({
    exitCode: 1,
    stdout: "",
    stderr: expect.stringContaining("HAB-CLI-005"),
  });
  expect(await hab("upload acme")).toMatchObject({
    exitCode: 1,
    stdout: "» Uploading latest public origin key acme\n",
    stderr: expect.stringContaining("No revisions found for acme"),
  });
});
