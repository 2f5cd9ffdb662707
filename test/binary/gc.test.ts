// `hab pkg gc` asks on a terminal (script of bsdutils makes one) and nowhere else.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activeTarget } from "../../src/package/index.ts";
import { HAB, run } from "./program.ts";

test("many pins set at once are all kept", async () => {
  const root = mkdtempSync(join(tmpdir(), "hab-pins-"));
  try {
    const names = Array.from({ length: 12 }, (_, index) => `acme/app${index}`);
    const env = { FS_ROOT: root, HOME: root };
    const ended = await Promise.all(names.map((name) => run([HAB, "pkg", "pin", name], { env })));
    expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
    const pins = readFileSync(join(root, "hab/etc/pins"), "utf8").trimEnd().split("\n");
    expect(pins.sort()).toEqual([...names].sort());
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

describe("hab pkg gc without --yes", () => {
  let root: string;
  let old: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hab-gc-"));
    for (const version of ["1", "2"]) {
      const place = join(root, "hab/pkgs/acme/app", version, "20260101000000");
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, "TARGET"), activeTarget());
    }
    old = join(root, "hab/pkgs/acme/app/1");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const env = () => ({ FS_ROOT: root, HOME: root, SHELL: "/bin/sh", TERM: "dumb" });
  const onTerminal = (answer: string) =>
    run(["/usr/bin/script", "--quiet", "--return", "--command", `'${HAB}' pkg gc`, "/dev/null"], {
      env: env(),
      stdin: `${answer}\n`,
    });

  test("asks on a terminal, and does what is answered", async () => {
    const refused = await onTerminal("no");
    expect(refused.stdout).toContain("Remove 1 release");
    expect([refused.code, existsSync(old)]).toEqual([0, true]);
    expect(await onTerminal("yes")).toMatchObject({ code: 0 });
    expect(existsSync(old)).toBe(false);
    expect(existsSync(join(root, "hab/pkgs/acme/app/2"))).toBe(true);
  });

  test("elsewhere refuses, and says what to add", async () => {
    const { code, stderr } = await run([HAB, "pkg", "gc"], { env: env() });
    expect(code).toBe(2);
    expect(stderr).toMatch(/--yes.*--dry-run/);
    expect(existsSync(old)).toBe(true);
  });
});
