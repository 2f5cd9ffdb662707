// Native packages (plan-build.md §13): built with the tools of the machine, without a studio, and marked as such.
import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NOBODY, WITHOUT_ROOT } from "../binary/program.ts";
import { BuildWorld, planText } from "./world.ts";

const world = new BuildWorld();
afterAll(() => world[Symbol.dispose]());

const FEATURE = { HAB_FEAT_NATIVE_PACKAGE_SUPPORT: "1" };
const source = join(world.directory, "source");
mkdirSync(source);
const plan = world.plan(
  "native",
  planText("native", 'do_install() { echo "$HAB_NATIVE_PACKAGE $SRC_PATH" >"$pkg_prefix/seen"; }'),
);

describe("hab pkg build -N", () => {
  test("needs its feature", async () => {
    const { code, stderr } = await world.build(plan, { options: ["-N"] });
    expect(code).toBe(1);
    expect(stderr).toContain("HAB_FEAT_NATIVE_PACKAGE_SUPPORT");
  });

  test.each(["-R", "-D"])("does not go with %s", async (option) => {
    const { code } = await world.build(plan, { options: ["-N", option], env: FEATURE });
    expect(code).toBe(1);
  });

  test("marks the package, and builds in the directory that is given, without root's rights", async () => {
    if (WITHOUT_ROOT.length > 0) spawnSync("chown", ["-R", `${NOBODY}:${NOBODY}`, world.directory]);
    const { code, stdout, stderr } = await world.build(plan, {
      options: ["-N", "-s", source],
      env: FEATURE,
      under: WITHOUT_ROOT,
    });
    expect(`${code} ${stderr}`).toStartWith("0 ");
    expect(stdout).toContain("native: Building native package");
    const path = world.path("native") ?? "";
    expect(readFileSync(join(path, "PACKAGE_TYPE"), "utf8")).toBe("native\n");
    expect(readFileSync(join(path, "seen"), "utf8")).toBe(`true ${source}\n`);
  });

  test("ends with 1 whatever the plan ended with", async () => {
    const failing = world.plan("failing", planText("failing", "do_build() { return 7; }"));
    const { code, stderr } = await world.build(failing, { options: ["-N"], env: FEATURE });
    expect(code).toBe(1);
    expect(stderr).toContain("Failed to build native habitat plan");
  });
});
