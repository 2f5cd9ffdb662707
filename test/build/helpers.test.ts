// The helper functions of plan-build.md §11 where the vectors of the original (test/conformance/build) say nothing, or where we
// differ on purpose. One build runs them all; each notes what it saw.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, run } from "../binary/program.ts";
import { BuildWorld, planText } from "./world.ts";

const world = new BuildWorld();
afterAll(() => world[Symbol.dispose]());

/** Packages to look for; regular expressions must not find one for the other. */
const INSTALLED = [
  "zlib/1.2.8/20250101000001",
  "zlib-musl/1.2.9/20250101000002",
  "gcc-libs/9.1/20250101000003",
];

const CALLS: Readonly<Record<string, string>> = {
  "trim spaces": "trim '  an  example '",
  "trim nothing": "trim",
  "join_by one": "join_by ', ' a b c",
  "join_by none": "join_by :",
  dedupe_path: "dedupe_path a:b:c:b:a",
  "dedupe_path empty": "dedupe_path :a::b:",
  "dedupe_path other": "dedupe_path 'a;b;a' ';'",
  push_to_path: "push_to_path foo bar:foo:baz",
  "push_to_path alone": "push_to_path foo ''",
  "pkg_path_for name": "pkg_path_for zlib",
  "pkg_path_for version": "pkg_path_for 1.2.9",
  "pkg_path_for expression": "pkg_path_for 'zli.'",
  "pkg_path_for part": "pkg_path_for gcc",
  abspath: 'abspath "$PLAN_CONTEXT/../helpers/./plan.sh"',
  "abspath missing": "abspath nothing/here",
  "exists yes": "exists cat",
  "exists no": "exists no-such-command-at-all",
  normalize_checksum: "normalize_checksum ABCdef09",
  forbidden: "(set_runtime_env PATH x)",
  "expression in a path": "dedupe_path 'axx:a*'",
  "relocate_program nowhere": `(LD_RUN_PATH= relocate_program "$HAB_BIN" "$PLAN_CONTEXT/copy")`,
  relocate_program: `(
    ln -s "/lib64/$debian_loader" "$PLAN_CONTEXT/$debian_loader"
    LD_RUN_PATH="$PLAN_CONTEXT" relocate_program "$HAB_BIN" "$PLAN_CONTEXT/copy" >&2
    "$PLAN_CONTEXT/copy" --version >&2 && grep -aoF "$PLAN_CONTEXT/$debian_loader" "$PLAN_CONTEXT/copy" | uniq -c | tr -d ' '
  )`,
};
const seen = new Map<string, string>();

beforeAll(async () => {
  for (const ident of INSTALLED) {
    const path = join(world.root, "hab/pkgs/acme", ident);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "IDENT"), `acme/${ident}\n`);
    writeFileSync(join(path, "TARGET"), "x86_64-linux\n");
  }
  const calls = Object.entries(CALLS).map(
    ([name, call]) => `note '${name}' "$(${call} 2>/dev/null; echo "=> $?")"`,
  );
  const plan = world.plan(
    "helpers",
    planText(
      "helpers",
      `pkg_deps=(acme/zlib acme/zlib-musl acme/gcc-libs)
       note() { printf '%s\\0%s\\0' "$1" "$2" >>"$PLAN_CONTEXT/seen"; }
       do_build() { set +e; trap - ERR; ${calls.join("; ")}; set -e; }`,
    ),
  );
  const { code, stderr } = await world.build(plan);
  if (code !== 0) throw new Error(stderr);
  const fields = readFileSync(join(plan, "seen"), "utf8").split("\0");
  for (let at = 0; at + 1 < fields.length; at += 2) seen.set(fields[at] ?? "", fields[at + 1] ?? "");
});

const place = (index: number) => join(world.root, "hab/pkgs/acme", INSTALLED[index] ?? "");

test.each([
  ["trim spaces", "an  example\n=> 0"],
  ["trim nothing", "\n=> 0"],
  ["join_by one", "a,b,c\n=> 0"],
  ["join_by none", "\n=> 0"],
  ["dedupe_path", "a:b:c\n=> 0"],
  ["dedupe_path empty", ":a:b\n=> 0"],
  ["dedupe_path other", "a;b\n=> 0"],
  ["push_to_path", "foo:bar:baz\n=> 0"],
  ["push_to_path alone", "foo\n=> 0"],
  ["abspath", `${join(world.directory, "plans/helpers/plan.sh")}\n=> 0`],
  ["abspath missing", "=> 127"],
  ["exists yes", "=> 0"],
  ["exists no", "=> 1"],
  ["normalize_checksum", "abcdef09\n=> 0"],
  ["expression in a path", "axx:a*\n=> 0"],
  ["pkg_path_for name", `${place(0)}\n=> 0`],
  ["pkg_path_for version", `${place(1)}\n=> 0`],
  ["pkg_path_for expression", `${place(0)}\n=> 0`],
  ["pkg_path_for part", "=> 1"],
])("%s", (name, expected) => expect(seen.get(name)).toBe(expected));

test("variables that belong to settings cannot be set", () =>
  expect(seen.get("forbidden")).toContain("Cannot directly manipulate environment variable PATH!"));

test("relocate_program makes a copy of this program that names a loader of a dependency, and wants one", () => {
  const loader = join(world.directory, "plans/helpers/ld-linux-x86-64.so.2");
  expect(seen.get("relocate_program")).toBe(`1${loader}\n=> 0`);
  expect(seen.get("relocate_program nowhere")).toContain("add core/glibc to pkg_deps");
});

describe("attach, in a studio,", () => {
  const plan = world.plan(
    "attached",
    planText("attached", 'do_build() {\n  local here=yes\n  attach\n  echo "went $((1 + 1)) on"\n}'),
  );
  const attach = (stdin: string): Promise<Ended> =>
    run(world.command(plan), {
      env: world.environment({ STUDIO_TYPE: "default" }),
      cwd: world.directory,
      stdin,
    });

  test("shows where it is, runs what is typed there, and goes on after exit", async () => {
    const { code, stdout } = await attach('echo "here=$here"\nfalse\nwhereami 1\nvars\nexit\n');
    expect(code).toBe(0);
    expect(stdout).toContain(`From: ${join(plan, "plan.sh")} @ line 8`);
    expect(stdout).toContain("=> 8:   attach");
    expect(stdout).toContain("here=yes");
    expect(stdout).toContain("pkg_name=attached");
    expect(stdout).toContain("went 2 on");
  });

  test("ends with the end of its input", async () => {
    const { code, stdout } = await attach("true\n");
    expect(code).toBe(0);
    expect(stdout).toContain("went 2 on");
  });

  test("exit-program ends the build, which has failed", async () => {
    const { code, stdout } = await attach("exit-program\n");
    expect(code).toBe(1);
    expect(stdout).not.toContain("went 2 on");
  });
});
