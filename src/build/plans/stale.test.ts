import { describe, expect, test } from "bun:test";
import { HabError } from "../../error/index.ts";
import { parseScript } from "./bash/index.ts";
import { evaluatePlan } from "./evaluate.ts";
import { neededBy, planGraph } from "./graph.ts";
import type { ReadPlan } from "./read-plan.ts";
import { type Facts, formatReason, type StaleOptions, stalePackages } from "./stale.ts";

/** A plan of acme that needs others. */
function plan(name: string, text = ""): ReadPlan {
  const path = `/plans/${name}/plan.sh`;
  const script = parseScript(text);
  const evaluated = evaluatePlan(path, script, { scripts: new Map(), variables: {} });
  return { ...evaluated, path, directory: `/plans/${name}`, script, name, origin: "acme" };
}

const TREE = [
  plan("web", "pkg_deps=(acme/app)"),
  plan("app", "pkg_deps=(acme/lib core/glibc) pkg_build_deps=(acme/tool)"),
  plan("lib"),
  plan("tool", "pkg_scaffolding=acme/frame"),
  plan("frame"),
  plan("other"),
];
const keys = (nodes: Iterable<{ readonly key: string }>) =>
  [...nodes].map(({ key }) => key.replace("acme/", ""));

describe("the order", () => {
  test("has what is needed first, and names the kind of each need", () => {
    const { nodes } = planGraph(TREE);
    expect(keys(nodes.values())).toEqual(["lib", "frame", "tool", "app", "other", "web"]);
    expect(nodes.get("acme/app")?.needs.map(({ key, kind }) => `${kind} ${key}`)).toEqual([
      "run acme/lib",
      "build acme/tool",
    ]);
  });

  test("of what some packages need leaves the others out", () => {
    expect(keys(neededBy(planGraph(TREE), ["acme/tool"]))).toEqual(["frame", "tool"]);
    expect(() => neededBy(planGraph(TREE), ["acme/none"])).toThrow("no plan among these makes acme/none");
  });

  test("names the way around a circle", () => {
    const circle = [
      plan("a", "pkg_deps=(acme/b)"),
      plan("b", "pkg_build_deps=(acme/c)"),
      plan("c", "pkg_deps=(acme/b)"),
    ];
    expect(() => planGraph(circle)).toThrow("plans need each other: acme/b → acme/c → acme/b");
  });

  test("lets a need give way that may not be one", () => {
    const maybe = [plan("a", "pkg_deps=(acme/b)"), plan("b", "[[ -e /x ]] && pkg_deps=(acme/a)")];
    expect(keys(planGraph(maybe).nodes.values())).toEqual(["b", "a"]);
  });

  test("does not count a dependency on another version than the plan makes", () => {
    const nodes = planGraph([
      plan("a", "pkg_version=2 pkg_build_deps=(acme/a/1)"),
      plan("b", "pkg_deps=(acme/a/1)"),
    ]).nodes;
    expect(nodes.get("acme/b")?.needs).toEqual([]);
  });

  test("refuses two plans of one package, and leaves out what has no name", () => {
    expect(() => planGraph([plan("a"), plan("a")])).toThrow(HabError);
    const unnamed = { ...plan("a"), name: undefined };
    expect(planGraph([unnamed]).unnamed).toEqual([{ path: "/plans/a/plan.sh", missing: "pkg_name" }]);
  });
});

describe("stale is", () => {
  const current: Facts = { current: "acme/x/1/1", changed: [], changedInGit: undefined, builtWith: {} };
  const fresh: StaleOptions = { all: false, sinceCommit: false, buildDependents: true };
  const stale = (facts: Readonly<Record<string, Partial<Facts>>>, options: Partial<StaleOptions> = {}) => {
    const nodes = [...planGraph(TREE).nodes.values()];
    const known = new Map(
      nodes.map(({ key }) => [key, { ...current, current: `${key}/1/1`, ...facts[key.slice(5)] }]),
    );
    return stalePackages(nodes, known, { ...fresh, ...options }).map(
      ({ node, reasons }) => `${node.key.slice(5)}: ${reasons.map(formatReason).join("; ")}`,
    );
  };

  test("nothing, when all is as it was built", () => {
    expect(stale({})).toEqual([]);
  });

  test("what changed, and what needs it, transitively", () => {
    expect(stale({ lib: { changed: ["plan.sh", "a", "b"] } })).toEqual([
      "lib: plan.sh and 2 more changed",
      "app: needs acme/lib",
      "web: needs acme/app",
    ]);
  });

  test("what builds with it, unless that is not wanted", () => {
    expect(stale({ frame: { changed: ["x"] } })).toEqual([
      "frame: x changed",
      "tool: has the scaffolding acme/frame",
      "app: is built with acme/tool",
      "web: needs acme/app",
    ]);
    expect(stale({ frame: { changed: ["x"] } }, { buildDependents: false })).toEqual(["frame: x changed"]);
  });

  test("what there is no build of", () => {
    expect(stale({ other: { current: undefined, changed: undefined } })).toEqual(["other: not built yet"]);
  });

  test("not what somebody installed, from whatever plan", () => {
    expect(stale({ other: { changed: undefined } })).toEqual([]);
  });

  test("what was built with another release, as after a run that was ended", () => {
    expect(
      stale({ lib: { current: "acme/lib/1/2" }, app: { builtWith: { "acme/lib": "acme/lib/1/1" } } }),
    ).toEqual(["app: was built with acme/lib/1/1, now there is acme/lib/1/2", "web: needs acme/app"]);
  });

  test("everything, when that is asked for", () => {
    expect(stale({}, { all: true })).toHaveLength(6);
  });

  describe("against a commit", () => {
    const none = Object.fromEntries(
      ["web", "app", "lib", "tool", "frame", "other"].map((name) => [name, { changedInGit: [] as string[] }]),
    );
    const since = (facts: Readonly<Record<string, Partial<Facts>>>) =>
      stale({ ...none, ...facts }, { sinceCommit: true });

    test("what git shows, and what needs it, not what was never built", () => {
      expect(
        since({
          lib: { changedInGit: ["plan.sh"], changed: undefined },
          other: { current: undefined, changedInGit: [] },
        }),
      ).toEqual(["lib: plan.sh changed", "app: needs acme/lib", "web: needs acme/app"]);
    });

    test("not what was built from just these files already", () => {
      expect(since({ lib: { changedInGit: ["plan.sh"], changed: [] } })).toEqual([]);
    });

    test("what was not built yet and needs what was, as after a run that failed there", () => {
      expect(
        since({
          lib: { changedInGit: ["plan.sh"], changed: [] },
          app: { changedInGit: [], current: undefined, changed: undefined },
        }),
      ).toEqual(["app: not built yet", "web: needs acme/app"]);
    });

    test("the rest of a run that was ended", () => {
      expect(
        since({
          lib: { changedInGit: ["plan.sh"], changed: [], current: "acme/lib/1/2" },
          app: { changedInGit: [], builtWith: { "acme/lib": "acme/lib/1/1" } },
        }),
      ).toEqual(["app: was built with acme/lib/1/1, now there is acme/lib/1/2", "web: needs acme/app"]);
    });
  });
});
