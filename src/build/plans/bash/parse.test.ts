// biome-ignore-all lint/suspicious/noTemplateCurlyInString: bash expands them
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { type Command, literal, parseScript, placeAt, walk } from "./index.ts";

/** A command as one line: what it is, and what is in it. */
function outline(command: Command): string {
  switch (command.kind) {
    case "simple": {
      const assigned = [...command.assignments, ...command.declared].map(({ name, append, value }) =>
        "parts" in value
          ? `${name}${append ? "+=" : "="}${literal(value) ?? "?"}`
          : `${name}${append ? "+=" : "="}(${value.map((item) => `${item.key === undefined ? "" : `[${literal(item.key)}]`}${literal(item.value) ?? "?"}`).join(",")})`,
      );
      return [...command.words.map((word) => literal(word) ?? "?"), ...assigned].join(" ");
    }
    case "function":
      return `${command.name}(){${outline(command.body)}}`;
    case "group":
    case "subshell":
      return `${command.kind}(${command.body.map(outline).join(";")})`;
    case "if":
      return `if(${command.clauses.map(({ test, body }) => `${test.map(outline)}?${body.map(outline)}`).join("|")}|${(command.otherwise ?? []).map(outline)})`;
    case "loop":
      return `loop(${command.variable ?? command.test.map(outline)}:${command.body.map(outline)})`;
    case "case":
      return `case(${command.arms.map(({ patterns, body }) => `${patterns.map((each) => literal(each))}:${body.map(outline)}`).join("|")})`;
    case "test":
      return `test(${command.words.map((word) => literal(word) ?? "?").join(" ")})`;
    case "arithmetic":
      return `math(${command.text})`;
    case "and":
    case "or":
      return `${command.kind}(${outline(command.left)},${outline(command.right)})`;
    case "pipeline":
      return `${command.negated ? "not" : "pipe"}(${command.commands.map(outline).join("|")})`;
  }
}

const outlines = (text: string) => parseScript(text).commands.map(outline);

describe("a script is read as bash reads it", () => {
  test.each([
    ["a=1 b='x y' c=\"z\"", ["a=1 b=x y c=z"]],
    ["pkg_deps=(\n  core/a # one\n  'core/b'\n\n  core/c)", ["pkg_deps=(core/a,core/b,core/c)"]],
    ["x+=(a) y+=b", ["x+=(a) y+=b"]],
    ["declare -A t=([a]=1 [b c]=2)", ["declare -A t=([a]1,[b c]2)"]],
    ["t[port]=1", ["t=1"]],
    ["a=$(cat <<EOF\n)\"'\nEOF\n)\nb=2", ["a=?", "b=2"]],
    ["cat <<'EOF' >x\npkg_name=no\nEOF\nb=2", ["cat", "b=2"]],
    ["cat <<-EOF\n\tpkg_name=no\n\tEOF\nb=2", ["cat", "b=2"]],
    ["cat <<A <<B\n1\nA\n2\nB\nb=2", ["cat", "b=2"]],
    ["f() { return 0; }", ["f(){group(return 0)}"]],
    ["function f { :; }", ["f(){group(:)}"]],
    ["f()\n(\n  cd x\n)", ["f(){subshell(cd x)}"]],
    ["if a; then b; elif c; then d; else e; fi", ["if(a?b|c?d|e)"]],
    ["for x in a b; do c; done", ["loop(x:c)"]],
    ["for ((i = 0; i < 3; i++)); do c; done", ["loop(:c)"]],
    ["while read -r x; do c; done <f", ["loop(read -r x:c)"]],
    ["case $x in a | b) c ;; (*) d ;& esac", ["case(a,b:c|*:d)"]],
    ["[[ $x =~ ^(a|b)$ && ( -n y ) ]] && z", ["and(test(? =~ ^(a|b)$ && ( -n y )),z)"]],
    ["[[ a == *(b|c) ]] || z", ["or(test(a == *(b|c)),z)"]],
    ["! a | b |& c", ["not(a|b|c)"]],
    ["((x > 1)) && y", ["and(math(x > 1),y)"]],
    ["a\\\n  b c#d # e", ["a b c#d"]],
    ['echo ${x#\\}} ${y:-"}"} ${z//a/b} ok', ["echo ? ? ? ok"]],
    ["echo $((1 + (2))) `b \\`c\\`` <(d) >e 2>&1", ["echo ? ? ?"]],
    ["echo {a,b} $'c\\n' \"\" end", ["echo {a,b} c\n  end"]],
    ["a & b; c", ["a", "b", "c"]],
    ["x=y cmd", ["cmd x=y"]],
    ["echo done; echo if then", ["echo done", "echo if then"]],
  ])("%j", (text, expected) => {
    const script = parseScript(text);
    expect(script.problem).toBeUndefined();
    expect(script.commands.map(outline)).toEqual(expected);
  });

  test.each([
    ["a=1\nb='x", 2, "a single quote is not closed"],
    ["a=1\nif b; then", 2, "`if` is not closed: `fi` is missing"],
    ["a=1\n}", 2, "`}` closes nothing"],
    ["a=1\nb=(c", 2, "an array is not closed"],
    ["a=1\n\necho $(b", 3, "a command substitution is not closed"],
  ])("what is not closed is found where it begins: %j", (text, line, message) => {
    const { problem, commands } = parseScript(text);
    expect(problem?.message).toBe(message);
    expect(placeAt(text, problem?.at ?? 0).line).toBe(line);
    expect(commands.map(outline)[0]).toBe("a=1");
  });

  test("deep nesting ends with a problem, not with a crash", () => {
    expect(parseScript("$(".repeat(50_000)).problem?.message).toBe("commands are nested too deep");
    expect(parseScript("{ ".repeat(50_000)).problem?.message).toBe("commands are nested too deep");
  });
});

test("everything that stands anywhere is found", () => {
  const found = walk(parseScript('f() { x="$(g "$HAB_A" "${HAB_B:-$c}")" <<<"$d"; }\n').commands);
  const names = found.flatMap((each) => (each.kind === "variable" ? [each.variable.name] : []));
  expect(names.sort()).toEqual(["HAB_A", "HAB_B", "d"]);
  const commands = found.flatMap((each) => (each.kind === "command" ? [literal(each.command.words[0])] : []));
  expect(commands).toEqual([undefined, "g"]);
});

describe("the build program and the plans of this project", () => {
  test.each([
    "plans/gcc/plan.sh",
    "plans/build",
    "script/quickstart",
    "script/private-root",
    "plans/glibc/plan.sh",
  ])("%s is read to its end", async (path) => {
    const text = await Bun.file(`${import.meta.dir}/../../../../${path}`).text();
    expect(parseScript(text).problem).toBeUndefined();
  });

  test("functions are found as bash finds them", async () => {
    const path = `${import.meta.dir}/../../program/sources.bash`;
    const ours = walk(parseScript(await Bun.file(path).text()).commands).flatMap((each) =>
      each.kind === "function" ? [each.definition.name] : [],
    );
    const script = `source "$1"; declare -F`;
    const { stdout } = spawnSync("bash", ["--norc", "-c", script, "bash", path], { encoding: "utf8" });
    const theirs = stdout.split("\n").flatMap((line) => line.split(" ")[2] ?? []);
    expect(ours.sort()).toEqual(theirs.sort());
  });
});

test("outlines of nothing", () => expect(outlines("\n# only a comment\n")).toEqual([]));
