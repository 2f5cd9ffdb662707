// The files of `hab plan init` as the original makes them; of plan.sh the settings and functions. Values are quoted for bash
// where the original escapes them for HTML (docs/beyond-habitat.md), and what bash reads is compared too.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HAB, run } from "../../binary/program.ts";

interface TreeEntry {
  readonly path: string;
  readonly type: "file" | "dir";
  readonly mode: string;
  readonly content?: string;
  readonly assignments?: readonly string[];
  readonly commented_assignments?: readonly string[];
  readonly functions?: readonly string[];
}
interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly world?: readonly { readonly path: string; readonly content: string }[];
  readonly git?: string;
  readonly expect: { readonly exit: number };
  readonly tree: readonly TreeEntry[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(join(import.meta.dir, "plan-init.json"), "utf8"),
);

/** Ours for the lines that the original writes in a way bash misreads. */
const QUOTED: Readonly<Record<string, string>> = {
  "pkg_name=My App!": 'pkg_name="My App!"',
  "pkg_license=(&#x27;MIT&#x27;)": "pkg_license=('MIT')",
  "pkg_deps=(&quot;core/a&quot; &quot;core/b&quot;)": 'pkg_deps=("core/a" "core/b")',
  'pkg_description="a &amp; b &lt;c&gt; &#x60;d&#x60; &#x3D; e"': 'pkg_description="a & b <c> \\`d\\` = e"',
};

let root: string;
let cwd: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "hab-plan-init-"));
  cwd = join(root, "cwd");
  mkdirSync(cwd);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function init(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return run([HAB, "plan", "init", ...args], {
    cwd,
    env: { PATH: "/usr/bin:/bin", HOME: root, FS_ROOT: root, HAB_NOCOLORING: "true", ...env },
  });
}

describe("recorded", () => {
  test.each(cases.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    for (const { path, content } of each.world ?? []) {
      const file = path.replace("$CWD", cwd);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    if (each.git !== undefined) mkdirSync(join(cwd, ".git"));
    const { code } = await init(each.argv.slice(2), each.env);
    expect(code).toBe(each.expect.exit);
    const made = readdirSync(cwd, { recursive: true, encoding: "utf8" }).filter((path) => path !== ".git");
    const wanted = each.tree.map(({ path }) => path.replace("$CWD/", ""));
    expect(made.sort()).toEqual(wanted.sort());
    for (const entry of each.tree) compare(entry);
  });
});

function compare(entry: TreeEntry): void {
  const path = entry.path.replace("$CWD", cwd);
  const stat = statSync(path);
  expect(stat.isDirectory()).toBe(entry.type === "dir");
  expect((stat.mode & 0o777).toString(8).padStart(4, "0")).toBe(entry.mode);
  if (entry.content !== undefined) expect(readFileSync(path, "utf8")).toBe(entry.content);
  if (entry.assignments === undefined) return;
  const text = readFileSync(path, "utf8");
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1]!);
  expect(all(/^(pkg_\w+=.*)$/gm)).toEqual(entry.assignments.map((line) => QUOTED[line] ?? line));
  expect(all(/^# (pkg_\w+=.*)$/gm)).toEqual([...(entry.commented_assignments ?? [])]);
  expect(all(/^(do_\w+)\(\)/gm)).toEqual([...(entry.functions ?? [])]);
}

test.each([["bar"], ["--min"]])("bash reads the plan: %s", async (word) => {
  expect((await init(["-o", "foo", "bar", ...(word === "--min" ? [word] : [])])).code).toBe(0);
  expect((await run(["bash", "-n", join(cwd, "bar/plan.sh")])).code).toBe(0);
});

test("nothing in a value is run", async () => {
  const evil = '$(touch made) `touch made` "; touch made #\\';
  const env = { pkg_description: evil, pkg_deps: "(a $(touch made))", pkg_name: evil };
  expect((await init(["-o", "foo", "bar"], env)).code).toBe(0);
  const script = 'source bar/plan.sh; printf "%s\\n" "$pkg_description" "$pkg_deps" "$pkg_name"';
  const { stdout } = await run(["bash", "-c", script], { cwd });
  expect(stdout).toBe(`${evil}\n(a $(touch made))\n${evil}\n`);
  expect(readdirSync(cwd)).toEqual(["bar"]);
});

test("bash puts variables into values, as into those of any plan", async () => {
  const env = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    pkg_source: "http://host/${pkg_name}-$pkg_version.tar.gz",
    pkg_description: String.raw`\$5, $5, $ and \\ of $pkg_name`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
    pkg_deps: "($pkg_origin/a \"${pkg_origin}/b c\" '$pkg_name')",
  };
  expect((await init(["-o", "foo", "bar"], env)).code).toBe(0);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: bash expands it
  const script = 'source bar/plan.sh; printf "%s\\n" "$pkg_source" "$pkg_description" "${pkg_deps[@]}"';
  const { stdout } = await run(["bash", "-c", script], { cwd });
  expect(stdout.split("\n").slice(0, -1)).toEqual([
    "http://host/bar-0.1.0.tar.gz",
    String.raw`$5, $5, $ and \\ of bar`,
    "foo/a",
    "foo/b c",
    "$pkg_name",
  ]);
});

test("a link without a target is not written through", async () => {
  mkdirSync(join(cwd, "bar"));
  symlinkSync(join(root, "outside"), join(cwd, "bar/plan.sh"));
  const { code, stdout } = await init(["-o", "foo", "--json", "bar"]);
  expect(code).toBe(0);
  expect(readdirSync(root)).not.toContain("outside");
  expect(JSON.parse(stdout)).toEqual({
    made: ["bar/default.toml", "bar/README.md", "bar/config/", "bar/hooks/"],
    changed: [],
    kept: ["bar/plan.sh"],
  });
});
