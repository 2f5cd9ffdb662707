import { describe, expect, test } from "bun:test";
import { formatToml, parseToml } from "../../toml/index.ts";
import { type ConfigLayers, configSources, environmentLayer, mergeLayers } from "./layers.ts";

const read = (text: string) => parseToml(text, { source: "test" });

describe("configuration layers (services.md §11)", () => {
  test("a missing layer is like an empty one", () => {
    expect(formatToml(mergeLayers({}).table)).toBe("");
    expect(formatToml(mergeLayers({ gossip: read("a = 1") }).table)).toBe("a = 1\n");
  });

  test("later layers win and the layers stay as they are", () => {
    const layers = { default: read("a = 1\n[t]\nx = 1"), user: read("a = 2\n[t]\ny = 2") };
    expect(formatToml(mergeLayers(layers).table)).toBe("a = 2\n\n[t]\nx = 1\ny = 2\n");
    expect(formatToml(layers.default)).toBe("a = 1\n\n[t]\nx = 1\n");
  });

  test("a problem names its layer, and what merged stays", () => {
    const deep = (value: number) => read(`[${Array(31).fill("k").join(".")}]\nv = ${value}`);
    const { table, problems } = mergeLayers({ default: read("a = 1"), user: deep(1), gossip: deep(2) });
    expect(problems).toEqual([
      {
        layer: "gossip",
        message: "Error merging gossip-cfg into config, Max recursive merge depth of 30 exceeded.",
      },
    ]);
    expect(formatToml(table)).toContain("v = 1");
  });

  test("the environment layer is absent when its variable is, empty when that is empty", () => {
    expect(environmentLayer("my-app", {})).toBeUndefined();
    expect(environmentLayer("my-app", { HAB_MY_APP: "" })).toEqual(new Map());
    expect(environmentLayer("my-app", { HAB_MY_APP: "a = 1" })).toEqual(new Map([["a", 1n]]));
    expect(() => environmentLayer("my-app", { HAB_MY_APP: "what?" })).toThrow("HAB_MY_APP");
  });
});

describe("what came from which layer", () => {
  const sources = (layers: ConfigLayers) =>
    configSources(layers).map(({ path, layer }) => `${path.join(".")}: ${layer}`);

  test("each value has the last layer that set it", () => {
    expect(
      sources({
        default: read("port = 1\nname = 'd'\n[t]\na = 1\n[t.u]\nc = true\n[e]"),
        environment: read("port = 2\nenvonly = true"),
        user: read("[t]\na = 3"),
        gossip: read("[t.u]\nd = 1"),
      }),
    ).toEqual([
      "port: environment",
      "name: default",
      "t.a: user",
      "t.u.c: default",
      "t.u.d: gossip",
      "e: default",
      "envonly: environment",
    ]);
  });

  test("a scalar hides earlier tables, a table after it starts anew", () => {
    expect(sources({ default: read("[t]\na = 1"), user: read("t = 1") })).toEqual(["t: user"]);
    expect(sources({ default: read("[t]\na = 1"), user: read("t = 1"), gossip: read("[t]\nb = 1") })).toEqual(
      ["t.b: gossip"],
    );
    expect(sources({ default: read("t = 1"), user: read("[t]") })).toEqual(["t: user"]);
  });
});
