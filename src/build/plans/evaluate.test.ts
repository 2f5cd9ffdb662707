// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash expands them
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseScript } from "./bash/index.ts";
import { evaluatePlan } from "./evaluate.ts";

let directory: string;
const at = (name: string) => join(directory, name);
const put = (name: string, text: string) => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), text);
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "hab-evaluate-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function evaluate(text: string, variables: Record<string, string> = {}) {
  return evaluatePlan(at("a/plan.sh"), parseScript(text), { scripts: new Map(), variables });
}

/** The texts of a variable; `?` for one that is not known, `~` in front when it may be otherwise. */
function valueIn(text: string, name = "x", variables: Record<string, string> = {}): string {
  const setting = evaluate(text, variables).settings.get(name);
  if (setting === undefined) return "unset";
  const items = setting.items.map(
    ({ key, text: each }) => `${key === undefined ? "" : `${key}:`}${each ?? "?"}`,
  );
  return `${setting.certain ? "" : "~"}${items.join(",")}`;
}

test("the origin of builds is what the reader is told, and none without a word", () => {
  const text = "x=(${HAB_ORIGIN:-core}/a $HAB_ORIGIN/b ${HAB_OTHER:-core}/c)";
  expect(valueIn(text)).toBe("core/a,?,?");
  expect(valueIn(text, "x", { HAB_ORIGIN: "acme" })).toBe("acme/a,acme/b,?");
});

describe("what a plan sets is known without running it", () => {
  test.each([
    ["x=a", "a"],
    ["n=b x=${n}c", "bc"],
    ["x=(a b) x+=(c)", "a,b,c"],
    ['y=(a b) x=("${y[@]}" c)', "a,b,c"],
    ["y='a b' x=($y c)", "a,b,c"],
    ["y='a b' x=(\"$y\")", "a b"],
    ["x=(core/{a,b})", "core/a,core/b"],
    ["x=([p]=1) x[q]=2", "p:1,q:2"],
    ["declare -A x=([p]=1)", "p:1"],
    ["v=1.2.3 x=${v%.*} y=${v##*.}", "1.2"],
    ["v=1.2.3 x=${v//./_}", "1_2_3"],
    ["v=ab x=${v^^}${v:1}", "ABb"],
    ["x=${pkg_none:-d}${pkg_none+e}", "d"],
    ["x=$(basename /a/b.c .c)-$(dirname /d/e)", "b-/d"],
    ["if [[ $STUDIO_TYPE == stage1 ]]; then x=a; else x=b; fi", "b"],
    ['x=(a); if [ "$STUDIO_TYPE" = default ]; then x+=(b); fi', "a,b"],
    ["case $pkg_target in x86*) x=a ;; *) x=b ;; esac", "a"],
    ['for d in a b; do x+=("core/$d"); done', "core/a,core/b"],
    ['f() { x="$1"; }; f y', "y"],
    ["x=a; unset x", "unset"],
    ["f() { x=no; }", "unset"],
    ["(x=no)", "unset"],
    ["[[ -n $pkg_none ]] && x=no", "unset"],
  ])("%j", (text, expected) => {
    expect(valueIn(text, "x", { STUDIO_TYPE: "default", pkg_target: "x86_64-linux" })).toBe(expected);
  });

  test.each([
    ["x=$(date)", "?"],
    ["x=$HOME", "?"],
    ["x=(a $(b) c)", "a,?,c"],
    ["read -r x", "?"],
    ["x=a; if [[ -e /f ]]; then x=b; fi", "~?"],
    ["x=(a); if [[ -e /f ]]; then x=(b); fi", "~a,b"],
    ["[[ -n $OTHER ]] && x=a", "~a"],
    ["x=a; if [[ $(b) ]]; then unset x; fi", "a"],
  ])("and what only a run tells is known to be unknown: %j", (text, expected) => {
    expect(valueIn(text)).toBe(expected);
  });

  test("files that it sources count, from the plan's directory and from their own name", () => {
    put("b/plan.sh", 'x=(a)\nsource "$(dirname "${BASH_SOURCE[0]}")/more.sh"\n');
    put("b/more.sh", "x+=(b)\n");
    const text = "source ../b/plan.sh\nx+=(c)\n";
    expect(valueIn(text)).toBe("a,b,c");
    expect(evaluate(text).files.map(({ path }) => path)).toEqual([
      at("a/plan.sh"),
      at("b/plan.sh"),
      at("b/more.sh"),
    ]);
  });

  test("a sourced file that is missing, no file, or not known is said to be so", () => {
    mkdirSync(at("folder"), { recursive: true });
    symlinkSync("/dev/zero", at("endless"));
    const { sourced } = evaluate("source nothing\nsource ../folder\nsource ../endless\nsource $(x)\n");
    expect(sourced.map(({ state }) => state)).toEqual(["missing", "unreadable", "unreadable", "unknown"]);
  });

  test("files that source each other come to an end", () => {
    put("c/plan.sh", "source ../c/plan.sh\nx+=(a)\n");
    expect(valueIn("source ../c/plan.sh").startsWith("a")).toBe(true);
  });
});

test.each([
  ["growing text", `x=aaaaaaaaaa\n${"x=$x$x$x$x$x$x$x$x\n".repeat(30)}`],
  ["functions without end", "f() { f; f; }\nf\n"],
  [
    "loops in loops",
    `${"for i in {1,2,3,4,5,6,7,8}{1,2,3,4,5,6,7,8}; do ".repeat(8)}x=1${"; done".repeat(8)}\n`,
  ],
  ["braces", `x=(${"{a,b,c,d,e,f,g,h}".repeat(20)})\n`],
  ["a costly pattern", `v=${"a".repeat(5000)}\nx=\${v/${"*a".repeat(50)}b/}\n`],
])(
  "a hostile plan cannot keep its reader busy: %s",
  (_, text) => {
    evaluate(text);
  },
  5_000,
);
