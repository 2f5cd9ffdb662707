// `hab pkg why` and `hab pkg verify` of an installed package, as a person calls them (docs/manage-packages.md).
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAB, run } from "./program.ts";

const vectors = join(import.meta.dir, "../conformance/packages");
const KEY = "acme-20261123072809.pub";
const BASE = "acme/base/1.0.0/20260101000001";
const LIB = "acme/lib/2.1.0/20260101000002";
const WEB = "acme/web/3.0.0/20260101000003";
const hart = (name: string) => join(vectors, "harts", `${name}.hart`);

let root: string;
const hab = (...words: string[]) =>
  run([HAB, ...words], {
    env: { FS_ROOT: root, HOME: root, HAB_CACHE_KEY_PATH: join(root, "hab/cache/keys") },
  });

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "hab-manage-"));
  mkdirSync(join(root, "hab/cache/keys"), { recursive: true });
  copyFileSync(join(vectors, "keys", KEY), join(root, "hab/cache/keys", KEY));
  for (const name of ["base", "lib", "web"]) expect((await hab("pkg", "install", hart(name))).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("hab pkg why", () => {
  test.each([[[]], [["--all"]]])("prints a line for each path %j", async (options) => {
    const { code, stdout } = await hab("pkg", "why", ...options, "acme/web", "acme/base");
    expect([code, stdout]).toEqual([0, `${WEB} → ${LIB} → ${BASE}\n`]);
  });

  test("fails for what is not needed, and for what is not installed", async () => {
    const unneeded = await hab("pkg", "why", "acme/base", "acme/web");
    expect([unneeded.code, unneeded.stdout]).toEqual([1, ""]);
    expect(unneeded.stderr).toContain("HAB-PKG-060");
    expect((await hab("pkg", "why", "acme/none", "acme/web")).stderr).toContain("HAB-PKG-010");
  });
});

describe("hab pkg verify", () => {
  test("of an intact package says so; a difference is a line and exit code 1", async () => {
    const intact = await hab("pkg", "verify", "acme/lib");
    expect([intact.code, intact.stderr]).toEqual([0, expect.any(String)]);
    expect(intact.stdout).not.toContain("extra");
    writeFileSync(join(root, "hab/pkgs", LIB, "two\nlines"), "");
    const changed = await hab("pkg", "verify", "acme/lib");
    expect(changed.code).toBe(1);
    expect(changed.stdout).toContain("extra: two\\nlines\n");
    expect(changed.stderr + changed.stdout).toContain("HAB-PKG-062");
    const { stdout, code } = await hab("pkg", "verify", "--json", "--hart", hart("lib"), LIB);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ident: LIB,
      differences: [{ path: "two\nlines", problem: "extra" }],
    });
  });

  test("without the hart in the cache says how to get it, and takes another copy", async () => {
    const cached = join(root, "hab/cache/artifacts/acme-web-3.0.0-20260101000003-x86_64-linux.hart");
    renameSync(cached, join(root, "moved.hart"));
    const without = await hab("pkg", "verify", "acme/web");
    expect(without.code).toBe(1);
    expect(without.stderr).toContain("HAB-PKG-061");
    expect(without.stderr).toContain(`hab pkg download ${WEB}`);
    expect((await hab("pkg", "verify", "acme/web", "--hart", join(root, "moved.hart"))).code).toBe(0);
  });

  test("a word that is neither a file nor installed gets the original's error", async () => {
    for (const word of ["nothing", "acme/none"]) {
      const { code, stderr } = await hab("pkg", "verify", word);
      expect(code).toBe(2);
      expect(stderr).toContain(`error: invalid value '\`${word}\`: is not a valid file' for '<SOURCE>'`);
    }
  });

  test("--hart does not go with a hart", async () => {
    expect((await hab("pkg", "verify", hart("web"), "--hart", hart("web"))).code).toBe(2);
  });
});
