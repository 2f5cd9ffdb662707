// Packages built in studios: `hab pkg build`, `hab studio build`, dependencies that the machine has, keys, logs
// (reference/plan-build.md §14.1, §14.3-§14.5). Works on dist/hab.
import { afterAll, afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EVERYBODY, type Machine, openMachine, removeSharedRoot } from "./studio.ts";

let machine: Machine;
afterEach(() => machine.remove());
afterAll(removeSharedRoot);

const PLAN = `pkg_name=hello
pkg_origin=acme
pkg_version=1.0
pkg_deps=(test/dependency)
do_build() { cat "$(pkg_path_for dependency)/word"; }
do_install() { mkdir -p "$pkg_prefix/bin"; printf '%s' "$GREETING" >"$pkg_prefix/bin/hello"; }
`;
const OFFLINE = { HAB_STUDIO_SECRET_NO_INSTALL_DEPS: "true", HAB_STUDIO_SECRET_GREETING: "a  b" };

/** A package that is installed on the machine and not among the tools. */
function installDependency(root: string): void {
  const directory = join(root, "hab/pkgs/test/dependency/1.0/20260101000000");
  mkdirSync(directory, { recursive: true });
  const files = { IDENT: "test/dependency/1.0/20260101000000", TARGET: "x86_64-linux", word: "shown" };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), `${text}\n`);
}

describe.each(EVERYBODY)("a build of %s", (who) => {
  beforeEach(async () => {
    machine = openMachine(who);
    installDependency(machine.env["FS_ROOT"] ?? "");
    await machine.hab(["origin", "key", "generate", "acme"]);
    machine.write("plans/hello/plan.sh", PLAN);
  });
  const results = () => join(machine.source, "results");

  test("sees its dependencies and leaves package, report and log with whom the source belongs to", async () => {
    const { code, stdout, stderr } = await machine.hab(["pkg", "build", "plans/hello"], OFFLINE);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Resolved dependency 'test/dependency' to test/dependency/1.0/20260101000000\n");
    expect(stdout).toMatch(/^shown$/m);
    // In a pipe a build has no terminal, so no line has a carriage return.
    expect(stdout).not.toContain("\r");
    const report = readFileSync(join(results(), "last_build.env"), "utf8");
    const hart = /^pkg_artifact=(.*)$/m.exec(report)?.[1] ?? "";
    expect(existsSync(join(machine.env["ARTIFACT_PATH"] ?? "", hart))).toBe(true);
    const [log = ""] = readdirSync(join(results(), "logs"));
    expect(log).toMatch(/^hello\.\d{4}-\d\d-\d\d-\d{6}\.log$/);
    expect(readFileSync(join(results(), "logs", log), "utf8")).toBe(stdout);
    const owner = statSync(machine.source).uid;
    for (const name of [".", hart, "last_build.env", "logs", `logs/${log}`])
      expect([name, statSync(join(results(), name)).uid]).toEqual([name, owner]);
  });

  test("starts anew, unless the studio is to be used again", async () => {
    const file = "/hab/cache/src/left";
    await machine.hab(["studio", "run", `touch ${file}`]);
    machine.write("plans/hello/plan.sh", `${PLAN}\ndo_begin() { ls ${file} 2>/dev/null; return 0; }\n`);
    expect((await machine.hab(["pkg", "build", "-R", "plans/hello"], OFFLINE)).stdout).toContain(file);
    expect(
      (await machine.hab(["studio", "build", "plans/hello"], { ...OFFLINE, HAB_ORIGIN: "acme" })).stdout,
    ).not.toContain(file);
  });

  test("hands on the status of a plan and keeps its log", async () => {
    machine.write("plans/hello/plan.sh", `${PLAN}\ndo_build() { echo last words; return 9; }\n`);
    const { code } = await machine.hab(["pkg", "build", "plans/hello"], OFFLINE);
    expect(code).toBe(9);
    const [log = ""] = readdirSync(join(results(), "logs"));
    expect(readFileSync(join(results(), "logs", log), "utf8")).toContain("last words");
  });
});

describe("what is asked of a build", () => {
  beforeEach(async () => {
    machine = openMachine("user");
    installDependency(machine.env["FS_ROOT"] ?? "");
    machine.write("plans/hello/plan.sh", PLAN);
  });

  test("the key of the origin", async () => {
    const { code, stdout } = await machine.hab(["pkg", "build", "plans/hello"], OFFLINE);
    expect([code, stdout.includes("Signing origin key 'acme' not found")]).toEqual([35, true]);
    const named = await machine.hab(["pkg", "build", "-k", "acme", "plans/hello"], OFFLINE);
    expect(named.code).toBe(1);
  });

  test("what is exported is said, secrets aside", async () => {
    await machine.hab(["origin", "key", "generate", "acme"]);
    const { stdout } = await machine.hab(["pkg", "build", "plans/hello"], {
      ...OFFLINE,
      QUIET: "",
      HAB_AUTH_TOKEN: "s3cret",
      HAB_BLDR_URL: "http://127.0.0.1:1",
    });
    const said = stdout.split("\n").filter((line) => line.includes("hab-studio:"));
    expect(said).toContain("   hab-studio: Importing 'acme' secret origin key");
    expect(said).toContain("   hab-studio: Exported: HAB_BLDR_URL=http://127.0.0.1:1");
    expect(said).toContain("   hab-studio: Exported: HAB_AUTH_TOKEN=[redacted]");
    expect(said).toContain("   hab-studio: Exported: GREETING=[redacted]");
    expect(stdout).not.toContain("s3cret");
  });

  test("a plan outside of the source directory is refused", async () => {
    const { code, stderr } = await machine.hab(["pkg", "build", ".."]);
    expect([code, stderr.includes("HAB-BLD-079")]).toEqual([1, true]);
  });

  test("--json has the report with paths of the machine, and nothing else on standard output", async () => {
    await machine.hab(["origin", "key", "generate", "acme"]);
    const { stdout } = await machine.hab(["pkg", "build", "--json", "plans/hello"], OFFLINE);
    const { path, pkg_name: name } = JSON.parse(stdout);
    expect([name, existsSync(path)]).toEqual(["hello", true]);
  });

  test("what exactly is to be built goes into the studio: the release, and a hart to compare with", async () => {
    await machine.hab(["origin", "key", "generate", "acme"]);
    const release = "20260102030405";
    await machine.hab(["pkg", "build", "--release", release, "plans/hello"], OFFLINE);
    const hart = `results/acme-hello-1.0-${release}-x86_64-linux.hart`;
    const checked = await machine.hab(["pkg", "build", "--json", "--check", hart, "plans/hello"], OFFLINE);
    expect(checked.code).toBe(0);
    expect(JSON.parse(checked.stdout)).toBeInstanceOf(Object);
  });

  test("options of a studio without one are refused", async () => {
    const { code, stderr } = await machine.hab(["pkg", "build", "--no-studio", "--reuse", "plans/hello"]);
    expect([code, stderr.includes("HAB-BLD-012")]).toEqual([1, true]);
  });

  test("packages of HAB_STUDIO_INSTALL_PKGS are there; others that the machine has are not", async () => {
    const list = "hab pkg list --all";
    const env = { HAB_STUDIO_INSTALL_PKGS: "test/dependency" };
    const before = await machine.hab(["studio", "run", list]);
    expect(before.stdout).not.toContain("dependency");
    await machine.hab(["studio", "rm"]);
    expect((await machine.hab(["studio", "run", list], env)).stdout).toContain("test/dependency/1.0");
  });
});

describe("a container studio", () => {
  beforeEach(() => {
    machine = openMachine("user");
    // What an engine would be asked, one word a line.
    machine.write(
      "bin/docker",
      '#!/bin/sh\n[ "$1" = images ] && echo id && exit\nprintf "%s\\n" "$@"; echo "has $HAB_STUDIO_SECRET_FOO, $HAB_STUDIO_SECRET_HAB_REFRESH_CHANNEL" >&2\n',
      0o755,
    );
  });

  test("is the engine's, with the directories and variables of the studio", async () => {
    const { code, stdout, stderr } = await machine.hab(["pkg", "build", "-D", "-f", "dev", "plan"], {
      PATH: `${machine.source}/bin:/usr/bin:/bin`,
      HAB_DOCKER_OPTS: "--cpus 2",
      HAB_ORIGIN: "acme",
      HAB_STUDIO_SECRET_FOO: "a b",
    });
    const words = stdout.trim().split("\n");
    expect(code).toBe(0);
    expect(words.slice(0, 5)).toEqual(["run", "--rm", "--privileged", "--cpus", "2"]);
    for (const each of [
      "HAB_ORIGIN=acme",
      // Values of these are for the client's environment, not for everybody's eyes.
      "HAB_STUDIO_SECRET_FOO",
      "HAB_STUDIO_SECRET_HAB_REFRESH_CHANNEL",
      `${machine.source}:/src`,
    ])
      expect(words).toContain(each);
    expect(stderr).toContain("has a b, dev");
    expect(words.slice(-3)).toEqual(["habitat/default-studio-x86_64-linux:2.1.78", "build", "plan"]);
  });

  test("needs an engine, and leaves nothing to remove", async () => {
    rmSync(join(machine.source, "bin/docker"));
    const without = await machine.hab(["studio", "-D", "enter"], { PATH: "/sbin:/usr/sbin" });
    expect([without.code, without.stderr.includes("HAB-BLD-080")]).toEqual([1, true]);
    expect((await machine.hab(["studio", "-D", "rm"])).stderr).toContain("HAB-BLD-082");
  });
});
