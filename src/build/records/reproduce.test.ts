// Building a hart again: what is the same, and how what is not is told.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { generateOriginKeyPair } from "../../crypto/index.ts";
import { buildErrors, reproduce } from "../index.ts";
import { BuildWorld, RELEASE } from "./testing/build-world.ts";

const LIB = "acme/lib/1.0/20250101000001";
const NEWER_LIB = "acme/lib/1.1/20250601000000";

let world: BuildWorld;
let hart: string;
beforeEach(async () => {
  world = new BuildWorld();
  world.addPackage(LIB);
  world.addPackage(NEWER_LIB);
  hart = world.at("given.hart");
});
afterEach(() => world.close());

const plan = (install: string) =>
  `pkg_deps=(acme/lib)\ndo_build() { return 0; }\ndo_install() { cd "$pkg_prefix"; ${install}; }\n`;

async function given(install: string, environment: Record<string, string> = {}): Promise<void> {
  world.writePlan(plan(install));
  const { status, output } = await world.build({ releases: { "acme/lib": LIB }, environment });
  if (status !== 0) throw new Error(output);
  copyFileSync(world.hart(), hart);
  world.forget();
}

/** Builds it again from this plan, where newer dependencies are to be had. */
async function again(install?: string, path = hart) {
  if (install !== undefined) world.writePlan(plan(install));
  const input = openSync("/dev/null", "r");
  const output = openSync(world.at("output"), "w");
  try {
    return await reproduce(path, {
      ...world.options({ "acme/lib": NEWER_LIB }),
      streams: { stdin: input, stdout: output, stderr: output },
    });
  } finally {
    for (const stream of [input, output]) closeSync(stream);
  }
}

describe("a hart that is built again", () => {
  test("is the same, byte for byte, with the releases, the time and the compression that it was built with", async () => {
    await given("printf x >file; mkdir d; ln -s ../file d/link", {
      SOURCE_DATE_EPOCH: "1600000000",
      HAB_HART_COMPRESSION_LEVEL: "1",
    });
    const { status, comparison, metadata } = await again();
    expect(status).toBe(0);
    expect(comparison).toEqual({ outcome: "identical", differences: [] });
    expect(metadata.deps[0]?.version).toBe("1.0");
  });

  test("leaves nothing behind, and no report over that of the real build", async () => {
    await given("printf x >file");
    await again();
    expect(existsSync(world.place("acme/app"))).toBe(false);
    expect(existsSync(world.results)).toBe(false);
    expect(readdirSync(world.at("hab/cache/artifacts"))).toHaveLength(1);
    expect(readdirSync(world.place("acme"))).toEqual(["lib"]);
  });

  test("with another key of the origin has the same files", async () => {
    await given("printf x >file");
    rmSync(world.keys.directory, { recursive: true });
    world.keys.setup();
    world.keys.writePair(generateOriginKeyPair("acme", new Date(1e12)));
    expect((await again()).comparison).toEqual({ outcome: "same-files", differences: [] });
  });

  test("without records is built without", async () => {
    await given("printf x >file", { HAB_BUILD_RECORDS: "off" });
    expect((await again()).comparison?.outcome).toBe("identical");
  });

  test("differs in the named files, and it is told where", async () => {
    await given(
      "printf 'a\\nb\\nc\\n' >text; printf 'a\\0b' >binary; printf 1 >mode; printf 1 >gone; ln -s a link; mkdir kind; printf same >same",
    );
    const { comparison } = await again(
      "printf 'a\\nB\\nc\\n' >text; printf 'a\\0bc' >binary; printf 1 >mode; chmod 700 mode; printf 1 >new; ln -s b link; printf 1 >kind; printf same >same",
    );
    expect(comparison?.outcome).toBe("different");
    // The plan is in MANIFEST, and its digest in the provenance, which is not named.
    const named = comparison?.differences.filter(({ path }) => path !== "MANIFEST");
    expect(named?.map(({ path, problem, detail }) => `${path}: ${problem}: ${detail}`)).toEqual([
      "binary: content: 3 → 4 bytes, from byte 3",
      "gone: only in the given one: file",
      "kind: kind: directory → file",
      "link: link: a → b",
      "mode: mode: 0644 → 0700",
      "new: only in the new one: file",
      "text: content: 6 bytes, from byte 2 (line 2)",
    ]);
  });

  test("is held against what is installed, whatever its names are, but for what an install hook leaves", async () => {
    const install = "printf x >$'caf\\xe9'; ln $'caf\\xe9' linked; mkdir -m 750 d; ln -s ../d d/link";
    await given(install);
    const installed = world.at("kept");
    world.writePlan(plan(install));
    expect((await world.build({ releases: { "acme/lib": LIB } })).status).toBe(0);
    renameSync(world.place(`acme/app/1.0/${RELEASE}`), installed);
    writeFileSync(join(installed, "INSTALL_HOOK_STATUS"), "0");
    expect((await again(undefined, installed)).comparison).toEqual({
      outcome: "same-files",
      differences: [],
    });
    appendFileSync(join(installed, "linked"), "y");
    writeFileSync(join(installed, "added"), "");
    expect((await again(undefined, installed)).comparison?.differences).toMatchObject([
      { path: "added", problem: "only in the given one" },
      { path: "caf\ufffd", problem: "content" },
    ]);
  });

  test("from a plan that fails has its status, and nothing is compared", async () => {
    await given("printf x >file");
    expect(await again("return 7")).toMatchObject({ status: 7, comparison: undefined });
  });

  test("from a plan that depends on something else is refused", async () => {
    await given("printf x >file");
    world.writePlan(plan("printf x >file").replace("acme/lib", "acme/other"));
    const { status } = await again();
    expect(status).toBe(78);
    expect(readFileSync(world.at("output"), "utf8")).toContain("was built without acme/other");
  });

  test("from the plan of another version is refused", async () => {
    await given("printf x >file");
    world.writePlan(plan("printf x >file"), "2.0");
    await expect(again()).rejects.toMatchObject({ code: buildErrors.notReproduced.code });
    expect(readdirSync(world.place("acme"))).toEqual(["lib"]);
  });

  test("needs its place, where it must not be installed", async () => {
    await given("printf x >file");
    world.addPackage(`acme/app/1.0/${RELEASE}`);
    await expect(again()).rejects.toMatchObject({ code: buildErrors.releaseExists.code });
    expect(existsSync(world.place(`acme/app/1.0/${RELEASE}`))).toBe(true);
  });
});
