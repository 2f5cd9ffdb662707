// Plans of the kinds that plan-build.md §19 names, written for this test: each builds, or fails, as it says there. Sources come
// from a server on loopback and a local repository; dependencies are the plans of an earlier wave.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended } from "../binary/program.ts";
import { VECTORS } from "../conformance/build/cases.ts";
import { BuildWorld } from "./world.ts";

/** What a wave needs is in those before it. */
const WAVES: readonly (readonly string[])[] = [
  [
    "defaults",
    "service",
    "shell",
    "scaffolder",
    "zipped",
    "single",
    "lzipped",
    "debian",
    "blog",
    "certificates",
  ],
  [
    "library",
    "service4",
    "service5",
    "web",
    "exporting",
    "extras",
    "nightly",
    "nightly-own",
    "gems-one",
    "gems-two",
  ],
  ["pinned", "checked", "sibling", "scripts", "kernel", "cloned", "gems-user", "interpreted", "prebuilt"],
  ["scaffolded", "scaffolded-own", "targets", "target-only", "dead-function", "wants-secret"],
  ["array-user", "broken", "windows", "mac"],
];
const AT_A_TIME = 3;
const TIME_LIMIT_MS = 120_000;

const world = new BuildWorld();
const plans = join(world.directory, "plans19");
const ended = new Map<string, Ended>();
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch(request) {
    const { pathname } = new URL(request.url);
    const place =
      pathname === "/tiny.deb" ? join(world.directory, "tiny.deb") : join(VECTORS, "http", pathname);
    return existsSync(place) ? new Response(Bun.file(place)) : new Response("", { status: 404 });
  },
});

function succeed(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: world.directory });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

function makeSources(): void {
  const repository = join(world.directory, "repository");
  mkdirSync(repository);
  writeFileSync(join(repository, "README"), "from a repository\n");
  succeed("git", "init", "-q", repository);
  succeed("git", "-C", repository, "add", "README");
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  succeed("git", "-C", repository, ...author, "commit", "-q", "-m", "One");
  const tree = join(world.directory, "deb");
  for (const each of ["DEBIAN", "opt"]) mkdirSync(join(tree, each), { recursive: true });
  writeFileSync(
    join(tree, "DEBIAN/control"),
    "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: a\nDescription: tiny\n",
  );
  writeFileSync(join(tree, "opt/tiny"), "tiny\n");
  succeed("dpkg-deb", "--root-owner-group", "--build", tree, "tiny.deb");
}

async function buildOne(name: string): Promise<void> {
  const env = {
    PLAN_URL: `http://127.0.0.1:${server.port}`,
    PLAN_REPOSITORY: join(world.directory, "repository"),
    HAB_OUTPUT_PATH: join(world.directory, "results", name),
    // Several have the same source, and are built side by side.
    HAB_CACHE_SRC_PATH: join(world.directory, "sources", name),
    ...(name === "checked" && { DO_CHECK: "1" }),
    ...(name === "sibling" && { DO_CHECK: "1" }),
  };
  ended.set(name, await world.build(join(plans, name), { env }));
}

async function buildWave(names: readonly string[]): Promise<void> {
  const waiting = [...names];
  const turn = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await buildOne(name);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, turn));
}

beforeAll(async () => {
  cpSync(join(import.meta.dir, "plans19"), plans, { recursive: true });
  makeSources();
  for (const wave of WAVES) await buildWave(wave);
}, TIME_LIMIT_MS);
afterAll(async () => {
  await server.stop(true);
  world[Symbol.dispose]();
});

/** Text of a file of the package that was built, trimmed. */
function built(name: string, file: string, packageName = name): string {
  const { code, stdout, stderr } = ended.get(name) ?? { code: null, stdout: "not built", stderr: "" };
  if (code !== 0) throw new Error(`${name} ended with ${code}: ${stdout.slice(-800)}${stderr}`);
  return readFileSync(join(world.path(packageName) ?? "", file), "utf8").trim();
}
const has = (name: string, file: string) => existsSync(join(world.path(name) ?? "", file));
const release = (name: string) => (world.path(name) ?? "").split("/").at(-1);

describe("sources", () => {
  test("with no function at all: the defaults fetch, verify, unpack, configure, make and install", () => {
    expect(built("defaults", "bin/hello")).toContain("hello");
    expect(built("defaults", "MANIFEST")).toContain("* __License__: MIT Apache-2.0 ");
  });

  test("several, by the helper functions; hooks with both spellings of health-check", () => {
    expect(built("extras", "more")).not.toBe("");
    expect(has("extras", "bin/hello")).toBe(true);
    for (const hook of ["health-check", "health_check", "post-run"])
      expect(has("extras", `hooks/${hook}`)).toBe(true);
    expect(built("extras", "MANIFEST")).toStartWith("# acme / extras\nFirst line\nSecond line\n");
  });

  test.each([
    ["zipped", "hello"],
    ["single", "app.war"],
    ["lzipped", "hello-1.0.tar.lz"],
    ["debian", "tiny"],
    ["cloned", "README"],
  ])("of kind %s", (name, file) => expect(built(name, file)).not.toBe(""));

  test("that are patched by a list read in do_begin, with the default called by name", () =>
    expect(built("shell", "bin/hello")).toContain("patched"));

  test("that are none: variables at the top level use the source cache", () =>
    expect(built("blog", "post")).toBe("post"));
});

describe("services", () => {
  test("pkg_svc_run with a path of the service makes a run script, exports and exposes", () => {
    const root = join(world.root, "hab");
    expect(built("service", "run")).toContain(`exec server ${root}/svc/service/config/server.conf 2>&1`);
    expect(built("service", "EXPOSES")).toBe("6379");
    expect(built("service", "EXPORTS")).toBe("host=server.host\nport=server.port");
    expect(built("service", "BINDS_OPTIONAL")).toBe("store=port");
  });

  test("a run hook wins over pkg_svc_run", () => {
    expect(built("web", "hooks/run")).toContain("exec web");
    expect(has("web", "run")).toBe(false);
    expect(built("web", "SVC_USER")).toBe("root");
  });

  test("a group that is the user, empty and required tables", () => {
    expect(built("blog", "SVC_GROUP")).toBe("blog");
    expect(built("blog", "BINDS")).toBe("database=port host");
    expect(has("blog", "EXPORTS")).toBe(false);
  });
});

describe("plans that source another", () => {
  test("by a relative path, and by the place of their own file", () => {
    expect(built("service4", "EXPOSES")).toBe("6380");
    expect(has("service4", "config/other.conf")).toBe(true);
    expect(has("service4", "config/server.conf")).toBe(false);
    expect(built("service5", "EXPOSES")).toBe("6381");
    expect(built("service5", "file")).toBe("service5");
  });

  test("and take functions and dependencies away or add some", () => {
    expect(built("checked", "BUILD_DEPS")).toContain("acme/service4");
    expect(existsSync(join(plans, "checked/checked"))).toBe(true);
    expect(existsSync(join(plans, "sibling/checked"))).toBe(false);
    expect(has("sibling", "BUILD_DEPS")).toBe(false);
    expect(built("sibling", "DEPS").split("\n")).toHaveLength(2);
  });
});

describe("dependencies", () => {
  test("pinned to a version", () => {
    expect(built("pinned", "DEPS")).toBe(`acme/service/1.0/${release("service")}`);
    expect(built("pinned", "BUILD_DEPS")).toBe(`acme/service4/4.0/${release("service4")}`);
  });

  test("as resolved paths in an array that plans read", () =>
    expect(built("cloned", "deps")).toBe(`${world.path("service")}\n${world.path("web")}`));

  test("whose path is exported by hand", () =>
    expect(built("exporting", "root")).toBe(world.path("service") ?? ""));

  test("whose program runs before PATH is set", () =>
    expect(built("interpreted", "RUNTIME_ENVIRONMENT")).toBe("SAID=said"));

  test("with pkg-config directories, and LD_RUN_PATH of them and our own", () => {
    expect(built("library", "PKG_CONFIG_PATH")).toBe(join(world.path("library") ?? "", "lib/pkgconfig"));
    expect(built("library", "BUILD_DEPS")).toContain("acme/defaults/");
    expect(built("prebuilt", "run-path")).toBe(`${world.path("prebuilt")}/lib:${world.path("library")}/lib`);
  });

  test("as interpreters of scripts", () => {
    const shell = world.path("shell");
    expect(built("scripts", "bin/tool")).toStartWith(`#!${shell}/bin/env`);
    expect(built("scripts", "interpreter")).toBe(`${shell}/bin/shell`);
  });

  test("found by hab itself, called in do_begin", () => {
    expect(built("kernel", "flags")).toBe("a,b,c");
    expect(lstatSync(join(plans, "kernel/links/shell")).isSymbolicLink()).toBe(true);
  });
});

describe("versions", () => {
  test("by a function beside a static one, asked for in do_download", () => {
    expect(built("certificates", "IDENT")).toStartWith("acme/certificates/2024.01.02/");
  });

  test("known only when the source is unpacked", () => {
    expect(built("nightly", "IDENT")).toStartWith("acme/nightly/2026.11/");
    expect(world.names("pkgs", "acme", "nightly")).toEqual(["2026.11"]);
  });

  test("by a function of the build program that the plan replaces", () => {
    expect(built("nightly-own", "IDENT")).toStartWith("acme/nightly-own/7.7/");
    expect(world.names("cache", "artifacts").some((name) => name.startsWith("acme-nightly-own-7.7-"))).toBe(
      true,
    );
  });
});

describe("the environment", () => {
  test("of run and build dependencies, by the types that the plan gives", () => {
    const [one, two] = [world.path("gems-one"), world.path("gems-two")];
    expect(built("gems-two", "BUILDTIME_ENVIRONMENT")).toBe(`TWO_HOME=${two}`);
    expect(built("gems-user", "seen")).toBe(`${two}/gems:${one}/gems|/own,${two}/plugins|${two}`);
    expect(built("gems-user", "RUNTIME_ENVIRONMENT")).toBe(`GEM_PATH=${one}/gems\nONE_HOME=${one}`);
  });
});

describe("scaffolding", () => {
  test("changes settings, brings defaults, and wraps one under another name", () => {
    expect(built("scaffolded", "DEPS")).toBe(`acme/service/1.0/${release("service")}`);
    expect(built("scaffolded", "BUILD_DEPS")).toStartWith("acme/scaffolder/");
    expect(built("scaffolded", "bin/built")).toBe(
      `built by the scaffolding from ${join(plans, "scaffolded")}`,
    );
    expect(built("scaffolded", "hooks/init")).toContain("made by the scaffolding");
    expect(has("scaffolded", "hooks/run")).toBe(true);
  });

  test("gives way to functions of the plan", () => {
    expect(built("scaffolded-own", "bin/built")).toBe("own build");
    expect(existsSync(join(plans, "scaffolded-own/downloaded"))).toBe(true);
  });
});

describe("places of plans", () => {
  test("a plan for the target wins over the one beside it, with a warning", () => {
    expect(built("targets", "IDENT")).toStartWith("acme/targets/2.0/");
    expect(has("targets", "default.toml")).toBe(true);
    expect(ended.get("targets")?.stderr).toContain("Using the plan in x86_64-linux");
  });

  test("resources are looked for beside a plan in a target folder", () =>
    expect(built("target-only", "resource")).toBe("r"));

  test("a plan.ps1 alone is said to be for Windows", () => {
    const { code, stderr } = ended.get("windows") ?? { code: null, stderr: "" };
    expect(code).toBe(42);
    expect(stderr).toContain("plan.ps1 is a plan for Windows");
  });

  test("a plan for another target alone is said to be for that", () => {
    const { code, stderr } = ended.get("mac") ?? { code: null, stderr: "" };
    expect(code).toBe(42);
    expect(stderr).toContain("There is a plan for aarch64-darwin");
  });
});

describe("faults", () => {
  test("a misspelt variable fails where it is used, and names line and file", () => {
    const { code, stderr } = ended.get("broken") ?? { code: null, stderr: "" };
    expect(code).toBe(1);
    expect(stderr).toContain(join(plans, "broken/plan.sh"));
    expect(stderr).toMatch(/plan\.sh:6: in do_unpack\(\)/);
  });

  test("a function that no phase calls is not called", () =>
    expect(built("dead-function", "file")).toBe("dead-function"));

  test("an array as user is its first element; do_after_failure runs, and the status stays", () => {
    const { code, stderr } = ended.get("array-user") ?? { code: null, stderr: "" };
    expect(code).toBe(4);
    expect(stderr).toContain("WARN: what is left is in");
  });

  test("without the secret that it wants, a build fails; with it, not", async () => {
    expect(ended.get("wants-secret")?.code).toBe(1);
    const env = { HAB_STUDIO_SECRET_FOO: "foo", HAB_OUTPUT_PATH: join(world.directory, "results/secret") };
    expect((await world.build(join(plans, "wants-secret"), { env })).code).toBe(0);
  });
});
