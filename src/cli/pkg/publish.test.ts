// Publishing and gathering packages by the commands a person types, against a real depot.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningDepot, startDepot } from "../../depot/index.ts";
import { runHab } from "../testing/run-hab.ts";
import {
  BASE,
  copyBadHart,
  copyHart,
  copyKey,
  hartName,
  LIB,
  TINY,
  WEB,
} from "../testing/vector-packages.ts";

const root = mkdtempSync(join(tmpdir(), "hab-publish-"));
const data = join(root, "depot");
const harts = join(root, "harts");
let depot: RunningDepot;
let token = "";

function hab(words: readonly string[], env: Record<string, string> = {}) {
  return runHab(words, {
    env: {
      HAB_CACHE_KEY_PATH: join(root, "keys"),
      HAB_NOCOLORING: "true",
      HAB_BLDR_URL: depot?.url ?? "http://127.0.0.1:1",
      HAB_AUTH_TOKEN: token,
      HOME: root,
      ...env,
    },
  });
}

const hart = (ident: string): string => join(harts, hartName(ident));

beforeAll(async () => {
  depot = await startDepot({ dataDirectory: data, listen: { host: "127.0.0.1", port: 0 } });
  mkdirSync(harts);
  mkdirSync(join(root, "keys"));
  copyKey(join(root, "keys"));
  for (const ident of [WEB, LIB, BASE, TINY]) copyHart(ident, hart(ident));
});

afterAll(async () => {
  await depot.stop();
  rmSync(root, { recursive: true, force: true });
});

describe("an account and a token", () => {
  test("are made while the depot runs; the token alone is on standard output, once", async () => {
    const created = await hab(["depot", "user", "create", "alice", "--data", data, "--json"]);
    expect(JSON.parse(created.stdout)).toMatchObject({ name: "alice" });
    const made = await hab(["depot", "token", "create", "alice", "--data", data]);
    expect(made.stdout).toMatch(/^_[A-Za-z0-9_-]{43}\n$/);
    token = made.stdout.trim();
    expect(await hab(["origin", "create", "acme"])).toMatchObject({ exitCode: 0 });
  });

  test("need good names and an account that exists", async () => {
    expect(await hab(["depot", "user", "create", "alice", "--data", data])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("HAB-DEP-005"),
    });
    expect(await hab(["depot", "user", "create", "../x", "--data", data])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("HAB-DEP-007"),
    });
    expect(await hab(["depot", "token", "create", "nobody", "--data", data])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("hab depot user create nobody"),
    });
  });
});

describe("hab pkg upload", () => {
  test("without a dependency anywhere uploads nothing and says what is missing", async () => {
    const alone = join(root, "alone");
    mkdirSync(alone);
    copyFileSync(hart(WEB), join(alone, "web.hart"));
    const { exitCode, stderr } = await hab(["pkg", "upload", join(alone, "web.hart")]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${WEB} needs ${LIB}`);
    expect((await hab(["pkg", "search", "acme"])).stdout).toBe("");
  });

  test("without the signer's public key says which", async () => {
    const { exitCode, stderr } = await hab(["pkg", "upload", hart(TINY)], {
      HAB_CACHE_KEY_PATH: join(root, "none"),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("acme-20261123072809");
  });

  test("brings the key and the dependencies beside it, and promotes", async () => {
    const { exitCode, stdout } = await hab(["pkg", "upload", "-c", "stable", "--json", hart(WEB)]);
    expect(exitCode).toBe(0);
    const outcome = { target: "x86_64-linux", outcome: "uploaded" };
    const { packages } = JSON.parse(stdout) as { packages: { ident: string }[] };
    expect(packages.at(-1)).toEqual({ ident: WEB, ...outcome });
    expect(packages.map(({ ident }) => ident).sort()).toEqual([BASE, LIB, WEB]);
    expect((await hab(["pkg", "channels", WEB])).stdout).toEndWith("unstable\nstable\n");
  });

  test("of what is there is no failure", async () => {
    const { exitCode, stdout } = await hab(["pkg", "upload", "--json", hart(WEB)]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ packages: [{ ident: WEB, outcome: "known" }] });
  });

  test("of a tampered hart is refused by the depot", async () => {
    const tampered = join(root, "tampered.hart");
    copyBadHart(tampered);
    const { exitCode, stderr } = await hab(["pkg", "upload", tampered]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Invalid signature of acme-20261123072809");
    expect(stderr).toContain("HAB-CLT-014");
    expect((await hab(["pkg", "search", "tiny"])).stdout).toBe("");
    expect((await hab(["pkg", "upload", hart(TINY)])).exitCode).toBe(0);
  });

  test("with a token that is not valid says what to check, and shows none of it", async () => {
    const { exitCode, stdout, stderr } = await hab(["pkg", "upload", "--force", hart(TINY)], {
      HAB_AUTH_TOKEN: "_not-a-token",
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLT-005");
    expect(stdout + stderr).not.toContain("_not-a-token");
  });
});

describe("channels", () => {
  test("are made by a promotion, moved as a whole, and emptied", async () => {
    expect((await hab(["pkg", "promote", TINY, "testing"])).exitCode).toBe(0);
    expect((await hab(["bldr", "channel", "list", "acme"])).stdout).toContain(
      "\nstable\ntesting\nunstable\n",
    );
    expect((await hab(["bldr", "channel", "promote", "testing", "stable", "-o", "acme"])).exitCode).toBe(0);
    expect((await hab(["pkg", "channels", TINY, "--json"])).stdout).toContain('"name":"stable"');
    expect((await hab(["bldr", "channel", "demote", "testing", "stable", "-o", "acme"])).exitCode).toBe(0);
    expect((await hab(["pkg", "demote", TINY, "testing"])).exitCode).toBe(0);
    expect((await hab(["pkg", "demote", TINY, "testing"])).exitCode).toBe(1);
    expect((await hab(["bldr", "channel", "destroy", "testing", "-o", "acme"])).exitCode).toBe(0);
    expect((await hab(["bldr", "channel", "destroy", "stable", "-o", "acme"])).stderr).toContain(
      "HAB-CLT-006",
    );
    expect((await hab(["pkg", "demote", TINY, "unstable"])).stderr).toContain(
      "cannot be removed from the unstable",
    );
  });

  test("a package that is not there cannot be promoted", async () => {
    const { exitCode, stderr } = await hab(["pkg", "promote", "acme/tiny/9/9", "stable"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("HAB-CLT-007");
  });
});

describe("hab pkg download", () => {
  test("gathers a package, all it needs and the key, and checks them", async () => {
    const directory = join(root, "bundle");
    const words = [
      "pkg",
      "download",
      "acme/web",
      "-c",
      "stable",
      "--download-directory",
      directory,
      "--verify",
    ];
    const { exitCode, stdout } = await hab([...words, "--json"]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { packages: unknown[] }).packages).toHaveLength(3);
    expect(readdirSync(join(directory, "artifacts")).sort()).toEqual(
      [BASE, LIB, WEB].map((ident) => `${ident.replaceAll("/", "-")}-x86_64-linux.hart`),
    );
    expect(readdirSync(join(directory, "keys"))).toEqual(["acme-20261123072809.pub"]);
    expect((await hab(words)).stdout).toContain("Using cached");
  });

  test("reads lists and TOML, which names its own channels", async () => {
    const list = join(root, "seeds.txt");
    writeFileSync(list, "# comment\nacme/base # trailing\n\n");
    const toml = join(root, "seeds.toml");
    writeFileSync(
      toml,
      'format_version = 1\n[[x86_64-linux]]\nchannel = "stable"\npackages = ["acme/web"]\n',
    );
    const directory = join(root, "seeded");
    const { exitCode, stdout } = await hab([
      ...["pkg", "download", "--channel", "unstable", "--download-directory", directory, "--json"],
      ...["--file", list, toml],
    ]);
    expect(exitCode).toBe(0);
    expect((JSON.parse(stdout) as { packages: unknown[] }).packages).toHaveLength(3);
  });

  test("of a seed that is nowhere fails, unless it may be missing", async () => {
    const words = [
      "pkg",
      "download",
      "acme/nothing",
      "-c",
      "stable",
      "--download-directory",
      join(root, "no"),
    ];
    expect(await hab(words)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("HAB-CLT-018") });
    expect((await hab([...words, "--ignore-missing-seeds"])).exitCode).toBe(0);
  });

  test.each([
    ["[[pdp11-ultrix]]\nchannel='x'\npackages=[]", "pdp11-ultrix is not a package target"],
    ["format_version = 2", "format_version must be 1"],
    ["[[x86_64-linux]]\npackages=['a/b']", "has no channel"],
    ["[[x86_64-linux]]\nchannel='x'\npackages=['a']", "an ident is not valid"],
    ["= =", "garbage.toml"],
  ])("of the seed file %p says what is wrong", async (text, problem) => {
    const path = join(root, "garbage.toml");
    writeFileSync(path, text);
    const { exitCode, stderr } = await hab(["pkg", "download", "--file", path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(problem);
  });
});

describe("a depot that is down", () => {
  test("is named, with what to do", async () => {
    const { exitCode, stderr } = await hab(["pkg", "search", "x"], { HAB_BLDR_URL: "http://127.0.0.1:1" });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("cannot reach 127.0.0.1:1");
    expect(stderr).toContain("hab depot run");
  });
});
