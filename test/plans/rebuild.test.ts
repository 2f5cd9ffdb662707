// `hab plan rebuild` as a person calls it: real builds in a root of their own, without a studio.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateOriginKeyPair, KeyCache } from "../../src/crypto/index.ts";
import { isProcessRunning, processStatus } from "../../src/host/index.ts";
import { HAB } from "../binary/program.ts";

let directory: string;
let env: Record<string, string>;
const at = (name: string) => join(directory, name);

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-rebuild-"));
  const keys = new KeyCache(at("keys"));
  keys.setup();
  keys.writePair(generateOriginKeyPair("acme", new Date(0)));
  env = {
    PATH: process.env["PATH"] ?? "/usr/bin:/bin",
    HOME: at("home"),
    TERM: "dumb",
    HAB_LICENSE: "accept-no-persist",
    HAB_ROOT_PATH: at("hab"),
    HAB_CACHE_KEY_PATH: at("keys"),
    HAB_OUTPUT_PATH: at("results"),
    HAB_HART_COMPRESSION_LEVEL: "0",
    NO_INSTALL_DEPS: "true",
  };
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A plan below `tree/`; `does` is the body of do_build. */
function plan(name: string, { deps = "", buildDeps = "", does = ":" } = {}): void {
  mkdirSync(at(`tree/${name}`), { recursive: true });
  writeFileSync(
    at(`tree/${name}/plan.sh`),
    `pkg_name=${name}\npkg_origin=acme\npkg_version=1.0\npkg_deps=(${deps})\npkg_build_deps=(${buildDeps})\n` +
      `do_build() {\n  ${does}\n}\ndo_install() { echo ${name} >"$pkg_prefix/name"; }\n`,
  );
}

function hab(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(HAB, ["plan", ...words], {
    env,
    encoding: "utf8",
    cwd: directory,
  });
  return { status, stdout, stderr };
}

interface Document {
  readonly upToDate: number;
  readonly packages: readonly {
    readonly package: string;
    readonly outcome: { readonly kind: string } | null;
  }[];
}

function rebuild(...words: readonly string[]) {
  const { status, stdout, stderr } = hab("rebuild", "tree", "--no-studio", "--json", ...words);
  const { upToDate, packages } = JSON.parse(stdout) as Document;
  const outcomes = packages.map((each) => `${each.package.slice(5)} ${each.outcome?.kind ?? "-"}`);
  return { status, stderr, upToDate, outcomes };
}

describe("a tree of plans", () => {
  test("is built, what is needed first, and the second time nothing is", () => {
    plan("lib");
    plan("tool");
    plan("app", { deps: "acme/lib", buildDeps: "acme/tool" });
    plan("other");
    expect(rebuild()).toMatchObject({
      status: 0,
      outcomes: ["lib built", "tool built", "app built", "other built"],
    });
    expect(readdirSync(at("results")).filter((name) => name.endsWith(".hart"))).toHaveLength(4);
    expect(rebuild()).toMatchObject({ status: 0, upToDate: 4, outcomes: [] });
  });

  test("a change rebuilds what depends on it, in a dry run only in words", () => {
    appendFileSync(at("tree/tool/plan.sh"), "# changed\n");
    expect(hab("rebuild", "tree", "--dry-run").stdout).toBe(
      "acme/tool  plan.sh changed\nacme/app  is built with acme/tool\n",
    );
    expect(rebuild("--dry-run", "--no-build-dependents").outcomes).toEqual(["tool -"]);
  });

  test("a failure keeps its log, leaves out what needs it, and the others go on", () => {
    plan("lib", { does: "echo here; false" });
    const { status, stderr, outcomes } = rebuild();
    expect({ status, outcomes }).toEqual({
      status: 1,
      outcomes: ["lib failed", "tool built", "app skipped"],
    });
    expect(stderr).toContain("HAB-BLD-064");
    const log = readFileSync(at("results/rebuild/logs/acme-lib.log"), "utf8");
    expect(log).toContain(`${at("tree/lib/plan.sh")}:7: in do_build(): \`false\` ended with status 1`);
    expect(log).toContain("The log of this build is");
    // Nothing half-made is left in the results.
    expect(readdirSync(at("results")).filter((name) => name.startsWith("."))).toEqual([]);
  });

  test("and the next run does the rest", () => {
    plan("lib");
    // Its plan is what it was built from; app was not built with the new tool yet.
    expect(rebuild()).toMatchObject({ status: 0, outcomes: ["app built"] });
  });

  test("only what is asked for, and what it needs", () => {
    expect(rebuild("--all", "--for", "tree/tool", "--dry-run").outcomes).toEqual(["tool -"]);
    expect(rebuild("--all", "--for", "acme/app", "--dry-run").outcomes).toEqual(["lib -", "tool -", "app -"]);
  });

  test("independent plans are built side by side", () => {
    // Each waits until it has seen the other: one after the other they would never end.
    for (const [own, other] of [
      ["lib", "tool"],
      ["tool", "lib"],
    ] as const)
      plan(own, {
        does: `: >"${at(`saw-${own}`)}"; until [[ -e "${at(`saw-${other}`)}" ]]; do read -rt 0.05 <> <(:) || :; done`,
      });
    expect(rebuild("-j", "2", "--for", "acme/lib", "--for", "acme/tool")).toMatchObject({
      status: 0,
      outcomes: ["lib built", "tool built"],
    });
  }, 30_000);
});

test("files elsewhere that a plan names are watched as its own are", () => {
  mkdirSync(at("named/app"), { recursive: true });
  writeFileSync(at("named/program"), "1");
  writeFileSync(
    at("named/app/plan.sh"),
    "pkg_name=named\npkg_origin=acme\npkg_version=1.0\npkg_inputs=(../program)\ndo_build() { :; }\ndo_install() { :; }\n",
  );
  const words = ["named", "--no-studio"];
  expect(hab("rebuild", ...words).status).toBe(0);
  expect(hab("rebuild", ...words, "--dry-run").stdout).toContain("1 package is up to date");
  appendFileSync(at("named/program"), "2");
  expect(hab("rebuild", ...words, "--dry-run").stdout).toBe("acme/named  ../program changed\n");
});

describe("a plan that cannot be read", () => {
  beforeAll(() => {
    mkdirSync(at("broken/lost"), { recursive: true });
    writeFileSync(at("broken/lost/plan.sh"), `#${" ".repeat(1024 * 1024)}\n`);
  });

  test.each(["order", "rebuild"])("is an error of `hab plan %s` where there is no other", (word) => {
    const { status, stdout, stderr } = hab(word, "broken");
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(at("broken/lost/plan.sh"));
    expect(stderr).toContain("HAB-BLD-103");
  });

  test("is told of where there are others", () => {
    mkdirSync(at("broken/good"), { recursive: true });
    writeFileSync(at("broken/good/plan.sh"), "pkg_name=good\npkg_origin=acme\npkg_version=1.0\n");
    const { status, stdout, stderr } = hab("order", "broken");
    expect([status, stdout]).toEqual([0, "acme/good  broken/good/plan.sh\n"]);
    expect(stderr).toContain("broken/lost/plan.sh is left out: it cannot be read");
  });
});

test("plans that need each other are an error that names the way", () => {
  mkdirSync(at("circle/a"), { recursive: true });
  mkdirSync(at("circle/b"), { recursive: true });
  writeFileSync(at("circle/a/plan.sh"), "pkg_name=a pkg_origin=acme pkg_version=1 pkg_deps=(acme/b)\n");
  writeFileSync(at("circle/b/plan.sh"), "pkg_name=b pkg_origin=acme pkg_version=1 pkg_deps=(acme/a)\n");
  const { status, stderr } = hab("rebuild", "circle");
  expect(status).toBe(1);
  expect(stderr).toContain("acme/a → acme/b → acme/a");
});

test("Ctrl-C ends every build and what it started", async () => {
  mkdirSync(at("slow/a"), { recursive: true });
  writeFileSync(
    at("slow/a/plan.sh"),
    `pkg_name=slow pkg_origin=acme pkg_version=1\ndo_build() { sleep 600 & echo $! >"${at("sleeper")}.new"; mv "${at("sleeper")}.new" "${at("sleeper")}"; wait; }\n`,
  );
  const running = Bun.spawn([HAB, "plan", "rebuild", "slow", "--no-studio"], {
    env,
    cwd: directory,
    stdout: "ignore",
    stderr: "ignore",
  });
  while (!existsSync(at("sleeper"))) await Bun.sleep(20);
  const sleeper = Number(readFileSync(at("sleeper"), "utf8"));
  running.kill("SIGINT");
  expect(await running.exited).toBe(130);
  // Orphans may be left to whoever reaps them.
  while (isProcessRunning(sleeper) && processStatus(sleeper)?.state !== "Z") await Bun.sleep(20);
  expect(readdirSync(at("results")).filter((name) => name.startsWith("."))).toEqual([]);
}, 30_000);

describe.skipIf(Bun.which("git") === null)("against git", () => {
  const git = (...words: readonly string[]) => {
    const identity = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"];
    const { status, stderr } = spawnSync("git", ["-C", at("repo"), ...identity, ...words], {
      env: { ...env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  };
  const since = (...words: readonly string[]) => hab("rebuild", "repo", "--dry-run", ...words).stdout;

  test("what changed since a commit, with what needs it", () => {
    for (const [name, text] of [
      ["base", ""],
      ["user", "source ../lib/common.sh\npkg_deps=(acme/base)"],
      ["apart", ""],
    ] as const) {
      mkdirSync(at(`repo/${name}/hooks`), { recursive: true });
      writeFileSync(
        at(`repo/${name}/plan.sh`),
        `pkg_name=${name}\npkg_origin=acme\npkg_version=1\n${text}\n`,
      );
      writeFileSync(at(`repo/${name}/hooks/run`), "#!/bin/sh\n");
    }
    mkdirSync(at("repo/lib"));
    writeFileSync(at("repo/lib/common.sh"), "x=1\n");
    git("init", "-q", "-b", "main");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    git("tag", "first");
    expect(since("--changed")).toContain("Nothing to build of what changed since");

    appendFileSync(at("repo/base/hooks/run"), "exec x\n");
    const baseChanged = "acme/base  hooks/run changed\nacme/user  not built yet; needs acme/base\n";
    expect(since("--changed")).toBe(baseChanged);
    git("commit", "-q", "-am", "second");
    expect(since("--changed")).toContain("Nothing to build of what changed since");
    expect(since("--since", "first")).toBe(baseChanged);
  });

  test("new, sourced and removed files count", () => {
    appendFileSync(at("repo/lib/common.sh"), "x=2\n");
    expect(since("--changed")).toBe("acme/user  ../lib/common.sh changed\n");
    git("commit", "-q", "-am", "third");
    rmSync(at("repo/apart/hooks/run"));
    writeFileSync(at("repo/base/default.toml"), "a = 1\n");
    expect(since("--changed")).toBe(
      "acme/apart  hooks/run changed\nacme/base  default.toml changed\nacme/user  not built yet; needs acme/base\n",
    );
  });

  test("a commit that does not exist is an error", () => {
    const { status, stderr } = hab("rebuild", "repo", "--since", "nowhere");
    expect(status).toBe(1);
    expect(stderr).toContain("git knows no commit nowhere");
  });
});
