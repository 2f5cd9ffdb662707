// The build as its callers see it; what plans see is in test/conformance/build.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../crypto/index.ts";
import { activeTarget, readArchive, verifyHart } from "../package/index.ts";
import { buildErrors, buildPlan, type DependencyInstaller } from "./index.ts";

const RELEASE = "20260102030405";
let root: string;
let keys: KeyCache;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-build-test-"));
  keys = new KeyCache(join(root, "keys"));
  keys.setup();
  keys.writePair(generateOriginKeyPair("acme", new Date(0)));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function build(
  plan: string,
  more: {
    environment?: Record<string, string>;
    install?: DependencyInstaller;
    hab?: string;
    logDirectory?: () => string;
  } = {},
) {
  const context = join(root, "plan");
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, "plan.sh"), `pkg_name=app\npkg_origin=acme\npkg_version=1.0\n${plan}`);
  const output = openSync(join(root, "output"), "w");
  const input = openSync("/dev/null", "r");
  try {
    const status = await buildPlan({
      planContext: context,
      target: activeTarget(),
      release: RELEASE,
      version: "0.0.1",
      habBinary: "hab",
      environment: {
        PATH: process.env["PATH"],
        TERM: "dumb",
        HAB_ROOT_PATH: join(root, more.hab ?? "hab"),
        HAB_CACHE_KEY_PATH: keys.directory,
        HAB_OUTPUT_PATH: join(root, "results"),
        ...more.environment,
      },
      cwd: root,
      streams: { stdin: input, stdout: output, stderr: output },
      ...(more.install && { install: more.install }),
      ...(more.logDirectory && { logDirectory: more.logDirectory() }),
    });
    return { status, output: readFileSync(join(root, "output"), "utf8") };
  } finally {
    for (const stream of [input, output]) closeSync(stream);
  }
}

const ONE_FILE = `do_build() { return 0; }\ndo_install() { printf 'x%.0s' {1..1000} >"$pkg_prefix/file"; ln -s file "$pkg_prefix/link"; }\n`;
const artifact = () =>
  join(root, "results", readdirSync(join(root, "results")).find((name) => name.endsWith(".hart")) ?? "");

describe("an artifact", () => {
  test("is signed, names what it is, and stands in the results", async () => {
    const { status, output } = await build(ONE_FILE);
    expect(output).toContain("I love it when a plan.sh comes together.");
    expect(status).toBe(0);
    const found = await readArchive(artifact());
    expect(found.ident).toEqual({ origin: "acme", name: "app", version: "1.0", release: RELEASE });
    expect((await verifyHart(artifact(), keys)).signer.name).toBe("acme");
    expect(readdirSync(join(root, "results")).sort()).toEqual([
      `acme-app-1.0-${RELEASE}-${activeTarget()}.hart`,
      `acme-app-1.0-${RELEASE}-${activeTarget()}.hart.intoto.jsonl`,
      "last_build.env",
    ]);
  });

  test("is the same, byte for byte, when the same release is built again", async () => {
    await build(ONE_FILE);
    const first = readFileSync(artifact());
    for (const left of ["hab", "results"]) rmSync(join(root, left), { recursive: true });
    await build(ONE_FILE);
    expect(readFileSync(artifact()).equals(first)).toBe(true);
  });
});

describe("a failed build", () => {
  test("leaves no artifact, and the status is that of what failed", async () => {
    const { status, output } = await build("do_build() { return 7; }\n");
    expect(status).toBe(7);
    expect(output).toContain("app: Exiting on error");
    expect(readdirSync(join(root, "results"))).toEqual(["pre_build.env"]);
  });

  test("by a signal is one, and do_after_failure still runs", async () => {
    const { status, output } = await build(
      "do_build() { kill -TERM $$; }\ndo_after_failure() { echo told; }\n",
    );
    expect(status).toBe(143);
    expect(output).toContain("told");
  });

  test("of a request says what went wrong and what to do", async () => {
    const { status, output } = await build(ONE_FILE, { environment: { HAB_HART_COMPRESSION_LEVEL: "fast" } });
    expect(status).toBe(1);
    expect(output).toContain(buildErrors.badCompressionLevel.remedy);
  });
});

describe("dependencies", () => {
  test("without a depot and not installed end the build", async () => {
    const { status, output } = await build(`pkg_deps=(acme/lib)\n${ONE_FILE}`);
    expect(status).toBe(1);
    expect(output).toContain("ERROR: Resolving 'acme/lib' failed, should this be built first?");
  });

  test("are installed by who started the build, hooks of run dependencies aside", async () => {
    const asked: unknown[] = [];
    const install: DependencyInstaller = async (request) => {
      asked.push(request);
      const ident = { ...request.ident, version: "2", release: "20250101000000" };
      const path = join(root, "hab/pkgs", ident.origin, ident.name, ident.version, ident.release);
      mkdirSync(path, { recursive: true });
      return ident;
    };
    // The installer answers below the root of the build.
    const { status } = await build(`pkg_deps=(acme/lib)\npkg_build_deps=(core/tool)\n${ONE_FILE}`, {
      install,
    });
    expect(status).toBe(0);
    expect(asked).toEqual([
      {
        ident: { origin: "core", name: "tool" },
        channel: "base",
        ignoreLocal: true,
        ignoreInstallHook: false,
      },
      {
        ident: { origin: "acme", name: "lib" },
        channel: "base",
        ignoreLocal: false,
        ignoreInstallHook: true,
      },
    ]);
    expect((await readArchive(artifact())).deps).toEqual([
      { origin: "acme", name: "lib", version: "2", release: "20250101000000" },
    ]);
  });
});

test("without bash there is an error that says so", async () => {
  await expect(build(ONE_FILE, { environment: { PATH: join(root, "nothing") } })).rejects.toMatchObject({
    code: "HAB-BLD-001",
  });
});

describe("hooks.toml", () => {
  const hooks = (text: string) => {
    mkdirSync(join(root, "plan"), { recursive: true });
    writeFileSync(join(root, "plan/hooks.toml"), text);
  };

  test("goes into the package", async () => {
    hooks("[health-check]\ntimeout = 5\n");
    expect((await build(ONE_FILE)).status).toBe(0);
    const place = join(root, "hab/pkgs/acme/app/1.0", RELEASE);
    expect(readFileSync(join(place, "hooks.toml"), "utf8")).toBe("[health-check]\ntimeout = 5\n");
  });

  test("with a word that is not known ends the build", async () => {
    hooks("[health-check]\ntimeuot = 5\n");
    const { status, output } = await build(ONE_FILE);
    expect(status).toBe(1);
    expect(output).toContain("hooks.toml: nothing is known of health-check.timeuot");
  });
});

describe("where a build failed", () => {
  const place = (line: number) => `${join(root, "plan/plan.sh")}:${line}`;

  test.each([
    [
      "a command, in the function it is in",
      "helper() {\n  false\n}\ndo_build() { helper; }\n",
      5,
      "in helper(): `false` ended with status 1",
    ],
    [
      "a helper of the build program",
      "do_build() {\n  pkg_path_for none\n}\n",
      5,
      "in do_build(): `pkg_path_for none` ended with status 1",
    ],
    [
      "a default that has nothing to build",
      "do_build() {\n  do_default_build\n}\n",
      5,
      'in do_build(): `./configure --prefix="$pkg_prefix"` ended with status 127',
    ],
    [
      "an error the build program found",
      "do_setup_environment() {\n  set_runtime_env PATH x\n}\n",
      5,
      "in do_setup_environment()",
    ],
    ["an error the plan found", "do_build() {\n  exit_with no 3\n}\n", 5, "in do_build()"],
    [
      "a callback that returns a failure",
      "do_build() {\n  return 7\n}\n",
      4,
      "do_build() ended with status 7",
    ],
    [
      "a subshell",
      "do_build() {\n  (cd /nowhere)\n}\n",
      5,
      "in do_build(): `( cd /nowhere )` ended with status 1",
    ],
  ])("is said: %s", async (_, plan, line, what) => {
    const { status, output } = await build(plan);
    expect(status).not.toBe(0);
    expect(output).toContain(`   app: ${place(line)}: ${what}\n`);
  });

  test("with the lines around it", async () => {
    const { output } = await build("do_build() {\n  true\n  false\n}\n");
    expect(output).toContain("          5 |   true\n      =>     6 |   false\n             7 | }\n");
  });

  test("is not said of a failure that the plan catches", async () => {
    const { status, output } = await build(
      `${ONE_FILE}do_after() { false || true; if false; then :; fi; x="$(false)" || x=; }\n`,
    );
    expect(status).toBe(0);
    expect(output).not.toContain("ended with status");
  });

  test("is the file's line when the plan cannot be read", async () => {
    expect((await build("if true; then\n}\n")).output).toContain(
      `${join(root, "plan/plan.sh")}: line 5: syntax error`,
    );
  });
});

describe("the log of a failed build", () => {
  const logs = () => {
    const directory = join(root, "results/logs");
    return existsSync(directory)
      ? readdirSync(directory).map((name) => readFileSync(join(directory, name), "utf8"))
      : [];
  };
  const kept = { logDirectory: () => join(root, "results/logs") };

  test("is kept, named after the package, and has all that was printed", async () => {
    const { output } = await build("do_build() { echo out; echo err >&2; false; }\n", kept);
    const [name = ""] = readdirSync(join(root, "results/logs"));
    expect(name).toMatch(/^app\.\d{4}-\d\d-\d\d-\d{6}\.log$/);
    const last = `   The log of this build is ${join(root, "results/logs", name)}\n`;
    expect(output.endsWith(last)).toBe(true);
    expect(logs()).toEqual([output.slice(0, -last.length)]);
  });

  test("has the complaints of who serves the build, too", async () => {
    await build(ONE_FILE, { ...kept, environment: { HAB_HART_COMPRESSION_LEVEL: "fast" } });
    expect(logs()[0]).toContain(buildErrors.badCompressionLevel.remedy);
  });

  test("is not kept of a build that succeeds", async () => {
    expect((await build(ONE_FILE, kept)).status).toBe(0);
    expect(logs()).toEqual([]);
  });

  test("ends with the build, whatever it leaves running", async () => {
    const { status } = await build("do_build() { sleep 30 & echo $! >../sleeper; false; }\n", kept);
    expect(status).toBe(1);
    const sleeper = Number(readFileSync(join(root, "sleeper"), "utf8"));
    expect(() => process.kill(sleeper, 0)).toThrow("ESRCH");
    expect(logs()).toHaveLength(1);
  });

  test("is left to who keeps one already", async () => {
    const { output } = await build("do_build() { false; }\n", {
      ...kept,
      environment: { HAB_BUILD_LOG: "/its/log" },
    });
    expect(output).toContain("   The log of this build is /its/log\n");
    expect(logs()).toEqual([]);
  });
});
