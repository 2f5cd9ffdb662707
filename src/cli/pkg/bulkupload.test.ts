// Uploading a directory of packages by the command a person types, against a real depot (reference/packages.md §18.3).
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningDepot, startDepot } from "../../depot/index.ts";
import { runHab } from "../testing/run-hab.ts";
import { BASE, copyHart, copyKey, hartName, KEY_FILE, LIB, TINY, WEB } from "../testing/vector-packages.ts";

let root: string;
let bundle: string;
let depot: RunningDepot;
let token = "";

function hab(words: readonly string[], answers: string[] = [], env: Record<string, string> = {}) {
  return runHab(words, {
    answers,
    env: {
      HAB_CACHE_KEY_PATH: join(root, "no-keys-here"),
      HAB_NOCOLORING: "true",
      HAB_BLDR_URL: depot.url,
      HAB_AUTH_TOKEN: token,
      HOME: root,
      ...env,
    },
  });
}

/** Puts a hart into the bundle, under the name of its ident or another. */
function place(ident: string, name = hartName(ident)): void {
  copyHart(ident, join(bundle, "artifacts", name));
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "hab-bulkupload-"));
  bundle = join(root, "bundle");
  for (const name of ["artifacts", "keys"]) mkdirSync(join(bundle, name), { recursive: true });
  copyKey(join(bundle, "keys"));
  const data = join(root, "depot");
  depot = await startDepot({ dataDirectory: data, listen: { host: "127.0.0.1", port: 0 } });
  await hab(["depot", "user", "create", "alice", "--data", data]);
  token = (await hab(["depot", "token", "create", "alice", "--data", data])).stdout.trim();
});

afterEach(async () => {
  await depot.stop();
  rmSync(root, { recursive: true, force: true });
});

const inDepot = async (): Promise<string[]> =>
  (await hab(["pkg", "search", "acme"])).stdout.split("\n").filter((line) => line !== "");

describe("hab pkg bulkupload", () => {
  test("creates missing origins once asked, and uploads each package once", async () => {
    for (const ident of [WEB, LIB, BASE, TINY]) place(ident);
    const { exitCode, stdout } = await hab(["pkg", "bulkupload", bundle], [""]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Missing origin acme.");
    expect(stdout).toContain(`Create the missing origins (acme) on ${depot.url}? [Yes/no/quit]`);
    expect(stdout).toContain("Created origin acme.");
    for (const ident of [WEB, LIB, BASE, TINY])
      expect(stdout.split(`Uploaded ${ident} (x86_64-linux)`)).toHaveLength(2);
    expect(stdout).toEndWith("Upload of 4 packages complete.\n");
  });

  test("does not ask with --auto-create-origins, promotes, and says it as JSON", async () => {
    for (const ident of [WEB, LIB, BASE]) place(ident);
    const words = ["pkg", "bulkupload", "--auto-create-origins", "-c", "stable", "--json", bundle];
    const { exitCode, stdout } = await hab(words);
    expect(exitCode).toBe(0);
    const uploaded = { target: "x86_64-linux", outcome: "uploaded" };
    expect(JSON.parse(stdout)).toEqual({
      createdOrigins: ["acme"],
      packages: [BASE, LIB, WEB].map((ident) => ({ ident, ...uploaded })),
    });
    expect((await hab(["pkg", "channels", BASE])).stdout).toEndWith("unstable\nstable\n");
    const again = JSON.parse((await hab(words)).stdout);
    expect(again).toEqual({
      createdOrigins: [],
      packages: [BASE, LIB, WEB].map((ident) => ({ ident, target: "x86_64-linux", outcome: "known" })),
    });
  });

  test("fills another depot with what hab pkg download gathered", async () => {
    for (const ident of [WEB, LIB, BASE]) place(ident);
    await hab(["pkg", "bulkupload", "--auto-create-origins", bundle]);
    const gathered = join(root, "gathered");
    const download = ["pkg", "download", "acme/web", "-c", "unstable", "--download-directory", gathered];
    expect((await hab(download)).exitCode).toBe(0);
    const data = join(root, "other");
    const other = await startDepot({ dataDirectory: data, listen: { host: "127.0.0.1", port: 0 } });
    try {
      await hab(["depot", "user", "create", "bob", "--data", data]);
      const bob = (await hab(["depot", "token", "create", "bob", "--data", data])).stdout.trim();
      const there = { HAB_BLDR_URL: other.url, HAB_AUTH_TOKEN: bob };
      const { exitCode, stdout } = await hab(["pkg", "bulkupload", "--json", gathered], ["yes"], there);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout).packages).toHaveLength(3);
      expect((await hab(["pkg", "channels", WEB], [], there)).stdout).toEndWith("unstable\n");
    } finally {
      await other.stop();
    }
  });

  test.each(["no", "q"])("after the answer %p does nothing and succeeds", async (answer) => {
    place(TINY);
    expect((await hab(["pkg", "bulkupload", bundle], [answer])).exitCode).toBe(0);
    const json = await hab(["pkg", "bulkupload", "--json", bundle], [answer]);
    expect(JSON.parse(json.stdout)).toEqual({ createdOrigins: [], packages: [] });
    expect((await hab(["origin", "info", "acme"])).stderr).toContain("HAB-CLT-007");
  });

  test("goes by name and stops at the first failure, saying what is done", async () => {
    place(BASE, "1-base.hart");
    writeFileSync(join(bundle, "artifacts/2-broken.hart"), "HART-1\nnot really\n");
    place(TINY, "3-tiny.hart");
    writeFileSync(join(bundle, "artifacts/4-not-a-package.txt"), "");
    const { exitCode, stderr } = await hab(["pkg", "bulkupload", "--auto-create-origins", bundle]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`The upload stopped at ${join(bundle, "artifacts/2-broken.hart")}`);
    expect(stderr).toContain(`Done: 1 of 3 packages: ${BASE}`);
    expect(stderr).toContain("Created origins: acme");
    expect(stderr).toContain("HAB-CLI-016");
    expect(stderr).toContain("(HAB-KEY-003)");
    expect(await inDepot()).toEqual(["acme/base"]);
  });

  test("takes the keys of the directory, and writes nothing there", async () => {
    place(TINY);
    rmSync(join(bundle, "keys"), { recursive: true });
    const { exitCode, stderr } = await hab(["pkg", "bulkupload", bundle]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("acme-20261123072809");
    expect(existsSync(join(bundle, "keys"))).toBe(false);
    expect(readdirSync(bundle)).toEqual(["artifacts"]);
  });

  test("with a .pub file that is no signing key uploads nothing and names the file", async () => {
    place(TINY);
    writeFileSync(join(bundle, "keys/zz.pub"), "ssh-ed25519 AAAA");
    const { exitCode, stderr } = await hab(["pkg", "bulkupload", "--auto-create-origins", bundle]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${join(bundle, "keys/zz.pub")} is not a public signing key`);
    expect(await inDepot()).toEqual([]);
  });

  test("of a file says that it is no directory; of nothing at all is a usage error", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(await hab(["pkg", "bulkupload", file])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is a file, not a directory"),
    });
    expect(await hab(["pkg", "bulkupload", join(root, "nothing")])).toMatchObject({ exitCode: 2 });
  });

  test("of artifacts that are a file says so", async () => {
    rmSync(join(bundle, "artifacts"), { recursive: true });
    writeFileSync(join(bundle, "artifacts"), "");
    const { exitCode, stderr } = await hab(["pkg", "bulkupload", bundle]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLI-015");
  });

  test("of an empty directory has nothing to do", async () => {
    rmSync(join(bundle, "keys", KEY_FILE));
    const { exitCode, stdout } = await hab(["pkg", "bulkupload", bundle]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Upload of 0 packages complete.");
  });

  test("needs a token that is valid", async () => {
    place(TINY);
    const words = ["pkg", "bulkupload", "--auto-create-origins", bundle];
    const { exitCode, stdout, stderr } = await hab(words, [], { HAB_AUTH_TOKEN: "_not-a-token" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLT-005");
    expect(stdout + stderr).not.toContain("_not-a-token");
  });
});
