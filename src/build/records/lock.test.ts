// plan.lock as builds write and obey it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatLock, parseLock } from "./lock-file.ts";
import { BuildWorld, fakeHartDigest, ONE_FILE, RELEASE } from "./testing/build-world.ts";

const BASE = "core/base/1.0/20250101000000";
const LIB = "acme/lib/1.0/20250101000001";
const NEWER_LIB = "acme/lib/1.1/20250601000000";
const TOOL = "core/tool/3/20250101000002";
const RELEASES = { "acme/lib": LIB, "core/tool": TOOL, "core/base": BASE };
const DIGEST = "ab".repeat(32);
const PLAN = `pkg_deps=(acme/lib)\npkg_build_deps=(core/tool core/base)\n${ONE_FILE}`;

let world: BuildWorld;
beforeEach(() => {
  world = new BuildWorld();
  world.addPackage(BASE);
  world.addPackage(LIB, { DEPS: BASE, TDEPS: BASE });
  world.addPackage(NEWER_LIB);
  world.addPackage(TOOL);
  world.writePlan(PLAN);
});
afterEach(() => world.close());

const file = () => join(world.planDirectory, "plan.lock");
const sha256 = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex");
const write = (more: Parameters<BuildWorld["build"]>[0] = {}) =>
  world.build({ releases: RELEASES, lock: { kind: "write" }, ...more });

async function locked(more: Parameters<BuildWorld["build"]>[0] = {}) {
  world.forget();
  return world.build({ releases: RELEASES, lock: { kind: "obey" }, ...more });
}

/** Writes the lock, changes it, and answers what a locked build says then. */
async function changed(from: string | RegExp, to: string) {
  world.forget();
  rmSync(file(), { force: true });
  expect((await write()).status).toBe(0);
  const text = readFileSync(file(), "utf8");
  expect(text).toMatch(from);
  writeFileSync(file(), text.replace(from, to));
  const { status, output } = await locked();
  expect(status).toBe(78);
  expect(output).not.toContain("comes together");
  return output;
}

describe("hab pkg build --lock", () => {
  test("writes all releases with the digests of their harts, in the order of the names", async () => {
    expect((await write()).status).toBe(0);
    const entry = (ident: string) =>
      `[x86_64-linux.package."${ident}"]\nhart = "${fakeHartDigest(ident)}"\nfiles = "${sha256(`${ident}\n`)}"\n`;
    expect(readFileSync(file(), "utf8").split("\n").slice(3).join("\n")).toBe(
      `version = 1\n\n[x86_64-linux.run]\n"acme/lib" = "${LIB}"\n\n[x86_64-linux.build]\n"core/base" = "${BASE}"\n"core/tool" = "${TOOL}"\n\n` +
        [LIB, BASE, TOOL].map(entry).join("\n"),
    );
  });

  test("is asked for: a build writes none by itself", async () => {
    expect((await world.build({ releases: RELEASES })).status).toBe(0);
    expect(existsSync(file())).toBe(false);
  });

  test("a failed build leaves the lock as it was", async () => {
    await write();
    const before = readFileSync(file(), "utf8");
    world.forget();
    world.writePlan(`pkg_deps=(core/base)\ndo_build() { return 3; }\n`);
    expect((await write()).status).toBe(3);
    expect(readFileSync(file(), "utf8")).toBe(before);
  });

  test("keeps what is locked for other targets, and the same lock is the same text", async () => {
    await write();
    const text = readFileSync(file(), "utf8");
    const both = parseLock(
      text + text.slice(text.indexOf("[x86")).replaceAll("x86_64-linux", "aarch64-linux"),
      "f",
    );
    writeFileSync(file(), formatLock(both));
    world.forget();
    await write({ releases: { ...RELEASES, "acme/lib": NEWER_LIB } });
    const after = parseLock(readFileSync(file(), "utf8"), "f");
    expect([...after.keys()]).toEqual(["aarch64-linux", "x86_64-linux"]);
    expect(after.get("aarch64-linux")).toEqual(both.get("aarch64-linux"));
    expect(after.get("x86_64-linux")?.run.get("acme/lib")?.version).toBe("1.1");
    expect(formatLock(after)).toBe(readFileSync(file(), "utf8"));
  });

  test("ends the build before the plan runs when a hart cannot be had", async () => {
    const { status, output } = await write({ hartDigest: async () => undefined });
    expect(status).toBe(78);
    expect(output).toContain("is neither in the artifact cache nor on the depot");
    expect(output).not.toContain("Preparing to build");
    expect(existsSync(file())).toBe(false);
  });

  test("takes one release for what is asked for twice", async () => {
    world.writePlan(`pkg_deps=(acme/lib)\npkg_build_deps=(acme/lib)\n${ONE_FILE}`);
    const answers = [LIB, NEWER_LIB];
    const options = world.options();
    const install: NonNullable<typeof options.install> = async (request) => {
      const [origin = "", name = "", version = "", release = ""] = (
        request.ident.release === undefined ? (answers.shift() ?? "") : LIB
      ).split("/");
      return { origin, name, version, release };
    };
    expect((await write({ install })).status).toBe(0);
    const lock = parseLock(readFileSync(file(), "utf8"), "f").get("x86_64-linux");
    expect(lock?.run.get("acme/lib")?.version).toBe("1.0");
    expect(lock?.build.get("acme/lib")?.version).toBe("1.0");
  });
});

describe("hab pkg build --locked", () => {
  test("asks for exactly the locked releases, whatever is newer, and for the digests of all harts", async () => {
    await write();
    const hart = readFileSync(world.hart());
    world.asked.length = 0;
    const { status } = await locked({ releases: { ...RELEASES, "acme/lib": NEWER_LIB } });
    expect(status).toBe(0);
    expect(world.asked.map(({ ident }) => Object.values(ident).join("/"))).toEqual([TOOL, BASE, LIB]);
    expect([...(world.asked[0]?.hartDigests ?? [])]).toEqual(
      [LIB, BASE, TOOL].map((ident): [string, string] => [ident, fakeHartDigest(ident)]),
    );
    expect(readFileSync(world.hart()).equals(hart)).toBe(true);
  });

  test("takes what is installed when nothing may be installed", async () => {
    await write();
    expect((await locked({ environment: { NO_INSTALL_DEPS: "true" } })).status).toBe(0);
    expect(world.record("DEPS")).toBe(`${LIB}\n`);
  });

  test("says when the plan depends on what is not locked", async () => {
    await write();
    world.writePlan(PLAN.replace("acme/lib)", "acme/lib core/tool/3)"));
    const { status, output } = await locked();
    expect(status).toBe(78);
    expect(output).toContain("the plan depends on core/tool/3, which is not in plan.lock");
    expect(output).toContain("hab pkg build --lock");
  });

  test("says when the lock has what the plan no longer depends on", async () => {
    await write();
    world.writePlan(PLAN.replace("core/tool core/base", "core/tool"));
    expect((await locked()).output).toContain(
      "plan.lock has core/base, which is no longer in pkg_build_deps",
    );
  });

  test("says when a dependency moves from build to run", async () => {
    await write();
    world.writePlan(PLAN.replace("(acme/lib)", "(acme/lib core/tool)"));
    expect((await locked()).output).toContain("pkg_deps has core/tool, which is not in plan.lock");
  });

  test("says once when a release cannot be had any more", async () => {
    await write();
    const install = async () => {
      throw new Error("404 Not Found");
    };
    const { status, output } = await locked({ install });
    expect(status).toBe(78);
    expect(output.match(/which is locked for core\/tool, cannot be had: 404 Not Found/g)).toHaveLength(1);
  });

  test("says when what is installed is another package of that name", async () => {
    await write();
    world.addPackage(BASE, { FILES: "others" });
    expect((await locked()).output).toContain(`${BASE} is installed, but is not the package of this name`);
  });

  test("says when a dependency of a dependency is not locked, or is locked for nothing", async () => {
    const entry = /\[x86_64-linux\.package\."core\/base[^[]*/;
    expect(await changed(entry, "")).toContain(`${BASE} is needed, but not in plan.lock`);
    expect(await changed(/$/, `\n[x86_64-linux.package."x/y/1/2"]\nhart = "${DIGEST}"\n`)).toContain(
      "plan.lock has x/y/1/2, which nothing needs",
    );
  });

  test("needs a lock for this target", async () => {
    expect((await locked()).output).toContain("there is no ");
    expect(await changed(/x86_64-linux/g, "aarch64-linux")).toContain("has nothing for x86_64-linux");
  });
});

describe("a lock file is refused", () => {
  const entry = (fields: string) => `[x86_64-linux.package."${BASE}"]\n${fields}\n`;
  test.each([
    ["version = 2", "is of a version that this hab does not know"],
    ["<<<<<<< ours", "is not TOML"],
    ["other = 1", "which is not a target"],
    ['x86_64-linux = "text"', "has no table where x86_64-linux should be one"],
    ['[x86_64-linux.run]\n"acme/lib" = "acme/lib"', "which is not a release"],
    ['[x86_64-linux.package."acme/lib"]\nhart = ""', "which is not a release"],
    [entry('hart = "x"'), ".hart that is not a digest"],
    [entry("hart = 1"), "has no text in "],
    [entry(`hart = "${DIGEST}"\nfiles = "${DIGEST}0"`), ".files that is not a digest"],
    ['[x86_64-linux.source."a.txt"]\nurl = "x"', "has no text in "],
  ])("for %j", (text, problem) => expect(() => parseLock(`${text}\n`, "plan.lock")).toThrow(problem));
});

describe("sources under a lock", () => {
  const text = { now: "source" };
  let server: ReturnType<typeof Bun.serve>;
  beforeEach(() => {
    text.now = "source";
    server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response(text.now) });
    world.writePlan(
      `do_download() { download_file http://127.0.0.1:${server.port}/a.txt a.txt; }\n${ONE_FILE}`,
    );
  });
  afterEach(async () => {
    await server.stop(true);
  });

  test("are those that were fetched before, also without a checksum in the plan", async () => {
    await write();
    expect(readFileSync(file(), "utf8")).toContain(
      `[x86_64-linux.source."a.txt"]\nurl = "http://127.0.0.1:${server.port}/a.txt"\nsha256 = "${sha256("source")}"\n`,
    );
    rmSync(world.at("hab/cache/src"), { recursive: true });
    expect((await locked()).status).toBe(0);
    text.now = "something else";
    const { status, output } = await locked();
    expect(status).toBe(78);
    expect(output).toContain("the source a.txt has the SHA-256");
    expect(output).not.toContain("Preparing to build");
  });
});

test("Debian packages under a lock are those of the file DEBIAN", async () => {
  world.writePlan(
    `${ONE_FILE}do_after() { printf 'libc6 %s amd64 ${DIGEST}\\n' "$V" >"$pkg_prefix/DEBIAN"; }\n`,
  );
  await write({ environment: { V: "2.36" } });
  expect(readFileSync(file(), "utf8")).toContain(
    `[x86_64-linux.debian."libc6:amd64"]\nversion = "2.36"\nsha256 = "${DIGEST}"\n`,
  );
  expect((await locked({ environment: { V: "2.36" } })).status).toBe(0);
  const { status, output } = await locked({ environment: { V: "2.37" } });
  expect(status).toBe(78);
  expect(output).toContain(
    `the package's file DEBIAN has libc6 2.37 amd64 ${DIGEST}, which is not in plan.lock`,
  );
  expect(existsSync(world.place(`acme/app/1.0/${RELEASE}/FILES`))).toBe(false);
});
