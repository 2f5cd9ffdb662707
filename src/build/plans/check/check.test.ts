// Every rule: a plan that breaks it, and nothing but it.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash and templates expand them
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { findPlans } from "../find.ts";
import { checkPlans } from "./check.ts";
import { RULES, type RuleName } from "./finding.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-check-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const SUM = "a".repeat(64);
const PLAN = `pkg_name=app
pkg_origin=acme
pkg_version=1.0
pkg_description="x"
pkg_maintainer="x"
pkg_license=(MIT)
`;

type Files = Readonly<Record<string, string>>;

/** Rules that are broken, with the places: `rule file:line`. */
async function check(files: Files): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const { findings } = await checkPlans(findPlans([directory]), {
    target: "x86_64-linux",
    origin: undefined,
    environment: process.env,
  });
  return findings.map(({ rule, place }) => `${rule} ${relative(directory, place.file)}:${place.line}`);
}

/** A plan with more lines, from line 7 on, and more files. */
const withPlan = (lines: string, more: Files = {}): Files => ({ "plan.sh": `${PLAN}${lines}\n`, ...more });

test("a plan in order has no findings", async () => {
  const files = withPlan(
    `pkg_source=https://example.com/$pkg_name-\${pkg_version}.tar.gz
pkg_shasum=${SUM}
pkg_deps=(core/glibc core/redis/7)
pkg_build_deps=(core/make)
pkg_exports=([port]=server.port)
pkg_exposes=(port)
pkg_binds=([db]="port host")
pkg_distname=other
do_build() { "$(pkg_path_for core/make)/bin/make" NAME=$pkg_distname FLAGS="$(pkg_path_for redis)" "\${HAB_ANY:-}"; }
do_check() { return 0; }
do_after_success() { build_line done; }`,
    {
      "default.toml": "[server]\nport = 80\n",
      "config/a.conf":
        "port {{cfg.server.port}}\n{{#if cfg.other}}{{cfg.other}}{{/if}}{{bind.db.first.sys.ip}}\n",
      "hooks/run": "#!/bin/sh\nexec app\n",
    },
  );
  // The directory of tests may have a dot in its path.
  expect((await check(files)).filter((found) => !found.startsWith("dot-in-path"))).toEqual([]);
});

const CASES: readonly (readonly [RuleName, Files, place: string])[] = [
  ["bad-bind", withPlan("pkg_binds=([a]=x)\npkg_binds_optional=([a]=x)"), "plan.sh:8"],
  ["bad-bind", withPlan("pkg_binds=([a]=x,y)"), "plan.sh:7"],
  ["bad-checksum", withPlan("pkg_source=https://x/y\npkg_shasum=TODO"), "plan.sh:8"],
  ["bad-default-toml", withPlan("", { "default.toml": "a = 1\nb c\n" }), "default.toml:2"],
  ["bad-dependency", withPlan("pkg_deps=(\n  core/glibc\n  zlib\n)"), "plan.sh:9"],
  ["bad-dependency", withPlan("pkg_build_deps=(core//zlib)"), "plan.sh:7"],
  ["bad-export", withPlan("pkg_exports=([a]=b.c)", { "default.toml": "b = 1\n" }), "plan.sh:7"],
  ["bad-expose", withPlan("pkg_exposes=(a)"), "plan.sh:7"],
  ["bad-expose", withPlan("pkg_exports=([a]=a)\npkg_exposes=(a)"), "plan.sh:8"],
  [
    "bad-expose",
    withPlan("pkg_exports=([a]=a)\npkg_exposes=(a)", { "default.toml": "a = 65536\n" }),
    "plan.sh:8",
  ],
  ["bad-hook-settings", withPlan("", { "hooks.toml": "[health-check]\ntimeuot = 1\n" }), "hooks.toml:1"],
  ["bad-name", { "plan.sh": PLAN.replace("=app", "=a.b") }, "plan.sh:1"],
  ["bad-name", { "plan.sh": PLAN.replace("=acme", "=Acme") }, "plan.sh:2"],
  ["bad-scaffolding", withPlan("pkg_scaffolding=node"), "plan.sh:7"],
  ["bad-shutdown", withPlan("pkg_shutdown_signal=TREM"), "plan.sh:7"],
  ["bad-shutdown", withPlan("pkg_shutdown_timeout_sec=1m"), "plan.sh:7"],
  ["bad-version", { "plan.sh": PLAN.replace("=1.0", "=1/0") }, "plan.sh:3"],
  ["composite", withPlan("pkg_type=composite"), "plan.sh:7"],
  ["dependency-in-both", withPlan("pkg_deps=(core/a)\npkg_build_deps=(core/a)"), "plan.sh:8"],
  ["directory-outside", withPlan("pkg_bin_dirs=(/bin)"), "plan.sh:7"],
  ["dot-in-path", { "a.b/plan.sh": PLAN, "a.b/hooks/run": "#!/bin/sh\n" }, "a.b/plan.sh:1"],
  [
    "forbidden-environment",
    withPlan("do_setup_environment() {\n  set_runtime_env -f PATH x\n}"),
    "plan.sh:8",
  ],
  [
    "hook-clash",
    withPlan("", { "hooks/init": "#!/bin/sh\n", "hooks/init.sh": "#!/bin/sh\n" }),
    "hooks/init.sh:1",
  ],
  ["hook-directory", withPlan("", { "hooks/lib/x": "x\n" }), "hooks/lib:1"],
  ["hook-line-ending", withPlan("", { "hooks/init": "#!/bin/sh\nx\r\n" }), "hooks/init:2"],
  ["hook-without-shebang", withPlan("", { "hooks/init": "echo x\n" }), "hooks/init:1"],
  ["idle-run-command", withPlan("pkg_svc_run=x", { "hooks/run": "#!/bin/sh\n" }), "plan.sh:7"],
  ["ignore-without-reason", withPlan("# hab-check: ignore composite\npkg_type=composite"), "plan.sh:7"],
  ["insecure-source", withPlan("pkg_source=http://x/y\ndo_verify() { return 0; }"), "plan.sh:7"],
  ["internal-function", withPlan("build_line() { :; }"), "plan.sh:7"],
  ["last-command", withPlan('[[ -z "$DEBUG" ]] && pkg_deps=()'), "plan.sh:7"],
  ["license-not-spdx", { "plan.sh": PLAN.replace("(MIT)", "('Apache 2')") }, "plan.sh:6"],
  ["line-ending", withPlan("x=1\r"), "plan.sh:7"],
  ["missing-checksum", withPlan("pkg_source=https://x/y"), "plan.sh:7"],
  ["missing-description", { "plan.sh": PLAN.replace(/pkg_description.*\n/, "") }, "plan.sh:1"],
  ["missing-license", { "plan.sh": PLAN.replace(/pkg_license.*\n/, "") }, "plan.sh:1"],
  ["missing-maintainer", { "plan.sh": PLAN.replace(/pkg_maintainer.*\n/, "") }, "plan.sh:1"],
  ["missing-name", { "plan.sh": PLAN.replace(/pkg_name.*\n/, "") }, "plan.sh:1"],
  ["missing-origin", { "plan.sh": PLAN.replace(/pkg_origin.*\n/, "") }, "plan.sh:1"],
  ["missing-source-file", withPlan("source ../lib/none.sh"), "plan.sh:7"],
  ["missing-version", { "plan.sh": PLAN.replace(/pkg_version.*\n/, "") }, "plan.sh:1"],
  [
    "missing-version",
    { "plan.sh": PLAN.replace(/pkg_version.*\n/, "pkg_version() { echo 1; }\n") },
    "plan.sh:3",
  ],
  ["needless-ignore", withPlan("# hab-check: ignore composite it is none"), "plan.sh:7"],
  ["not-a-list", withPlan('pkg_deps="core/a core/b"'), "plan.sh:7"],
  ["not-a-table", withPlan("pkg_exports=(port)"), "plan.sh:7"],
  ["not-followed", withPlan('source "$SOMEWHERE/x.sh"'), "plan.sh:7"],
  ["removed-setting", withPlan("pkg_gpg_key=x"), "plan.sh:7"],
  ["repeated-dependency", withPlan("pkg_deps=(core/a core/b\n  core/a)"), "plan.sh:8"],
  ["self-dependency", withPlan("pkg_deps=(acme/app)"), "plan.sh:7"],
  ["set-by-build", withPlan("pkg_release=1"), "plan.sh:7"],
  ["several-plans", withPlan("", { "habitat/plan.sh": PLAN }), "habitat/plan.sh:1"],
  ["syntax", withPlan("if true; then\n}"), "plan.sh:8"],
  [
    "template-deprecated",
    withPlan("", { "default.toml": "l = [1]\n", "config/c": "{{#if cfg.l[0]}}x{{/if}}\n" }),
    "config/c:1",
  ],
  ["template-syntax", withPlan("", { "config/c": "a\n{{#if cfg.a}}\n" }), "config/c:2"],
  [
    "undeclared-bind",
    withPlan("", { "hooks/init": "#!/bin/sh\n{{bind.db.first.sys.ip}}\n" }),
    "hooks/init:2",
  ],
  [
    "undeclared-dependency",
    withPlan("pkg_deps=(core/a)\ndo_build() {\n  x=$(pkg_path_for core/b)\n}"),
    "plan.sh:9",
  ],
  ["unknown-callback", withPlan("do_compile() { :; }"), "plan.sh:7"],
  ["unknown-callback", withPlan("do_build() { do_default_biuld; }"), "plan.sh:7"],
  [
    "unknown-cfg",
    withPlan("", { "default.toml": "a = 1\n", "config/c": "{{cfg.a}}\n{{cfg.b}}\n" }),
    "config/c:2",
  ],
  ["unknown-hook", withPlan("", { "hooks/health_check": "#!/bin/sh\n" }), "hooks/health_check:1"],
  ["unknown-rule", withPlan("# hab-check: ignore compsite because"), "plan.sh:7"],
  ["unknown-setting", withPlan("pkg_maintainers=x"), "plan.sh:7"],
  ["unknown-variable", withPlan('do_build() {\n  cd "$HAB_CACHED_SRC_PATH"\n}'), "plan.sh:8"],
  ["unreadable", withPlan("source /dev/zero"), "plan.sh:7"],
  ["unverified-source", withPlan("pkg_source=https://x/y\ndo_verify() { return 0; }"), "plan.sh:7"],
];

describe("each rule finds what it is about, where it is", () => {
  test.each(CASES)("%s: %j", async (rule, files, place) => {
    expect(await check(files)).toContain(`${rule} ${place}`);
  });

  test("and every rule has a case", () => {
    const tried = new Set(CASES.map(([rule]) => rule));
    expect(Object.keys(RULES).filter((rule) => !tried.has(rule as RuleName))).toEqual([]);
  });
});

test("the page about it lists every rule", () => {
  const page = readFileSync(join(import.meta.dir, "../../../../docs/check-and-rebuild-plans.md"), "utf8");
  const rows = page.split("\n").filter((line) => /^\| `[a-z-]+` \| (?:error|warning|hint) \|/.test(line));
  expect(rows).toEqual(
    Object.entries(RULES).map(([name, { severity, about }]) => `| \`${name}\` | ${severity} | ${about} |`),
  );
});

test.each([
  ["a compiler that is built with itself", "pkg_build_deps=(acme/app)"],
  ["a checksum found out in the build", "pkg_source=https://x/y\ndo_before() { pkg_shasum=$(x); }"],
  [
    "a default.toml copied in the build",
    "pkg_exports=([a]=a)\npkg_exposes=(a)\ndo_begin() { cp ../x/default.toml .; }",
  ],
  ["settings a plan makes up and reads", "pkg_distname=x\npkg_dirname=$pkg_distname-1"],
  [
    "a branch for another studio",
    'pkg_deps=(core/a)\nif [[ "$STUDIO_TYPE" = stage1 ]]; then pkg_deps=(x); fi',
  ],
  ["a source of Debian's", "pkg_source=deb:zlib1g"],
])("what real plans do is no mistake: %s", async (_, lines) => {
  expect((await check(withPlan(lines))).filter((found) => !found.startsWith("dot-in-path"))).toEqual([]);
});

test("the version of a Debian package is its own", async () => {
  const { "plan.sh": text = "" } = withPlan("pkg_source=deb:zlib1g");
  expect(await check({ "plan.sh": text.replace(/^pkg_version=.*\n/m, "") })).toEqual([]);
});

test("names that are nearly right are named", async () => {
  const files = withPlan("pkg_maintainers=x\ndo_setup() { :; }\ndo_bulid() { cd $HAB_CACHED_SRC_PATH; }");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const { findings } = await checkPlans([join(directory, "plan.sh")], {
    target: "x86_64-linux",
    origin: undefined,
    environment: process.env,
  });
  expect(findings.map(({ message }) => /did you mean (\S+)\?/.exec(message)?.[1])).toEqual([
    "pkg_maintainer",
    undefined,
    "do_build",
    "HAB_CACHE_SRC_PATH",
  ]);
});

describe("a comment silences a rule", () => {
  test("for its line behind a command, for the plan on a line of its own", async () => {
    expect(
      await check(withPlan("pkg_a=1 # hab-check: ignore unknown-setting a tool reads it\npkg_b=2")),
    ).toEqual(["unknown-setting plan.sh:8"]);
    expect(
      await check(withPlan("# hab-check: ignore unknown-setting a tool reads them\npkg_a=1\npkg_b=2")),
    ).toEqual([]);
  });

  test("also in files beside the plan", async () => {
    expect(
      await check(
        withPlan("# hab-check: ignore unknown-cfg,unknown-hook older Supervisors", {
          "hooks/reload": "#!/bin/sh\n{{cfg.x}}\n",
        }),
      ),
    ).toEqual(expect.not.arrayContaining(["unknown-cfg hooks/reload:2"]));
  });
});

test("a hostile plan runs nothing", async () => {
  const witness = join(directory, "witness");
  const touch = `touch ${witness}`;
  await check({
    "plan.sh": `${PLAN}${touch}\nx=$(${touch})\nx=\`${touch}\`\ny=(<(${touch}))\nsource <(echo ${touch})\neval '${touch}'
trap '${touch}' EXIT DEBUG\npkg_deps=("\${x:=$(${touch})}")\nset +n\nf() { ${touch}; }\nf\n[[ -v x[$(${touch})] ]]
: $((a[$(${touch})]))\nalias pkg_name='${touch}'\nBASH_ENV=x bash -c '${touch}'\nreturn 0\n`,
    "hooks/run": `#!/bin/sh\n${touch}\n`,
  });
  expect(existsSync(witness)).toBe(false);
});
