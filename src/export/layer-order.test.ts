import { describe, expect, test } from "bun:test";
import type { FullIdent } from "../package/index.ts";
import { layerGroups, layerOrder } from "./layer-order.ts";

const ident = (name: string): FullIdent => ({ origin: "x", name, version: "1", release: "20260101000000" });

describe("order of layers (reference/plan-build.md §22)", () => {
  const deps: Record<string, string[]> = {
    launcher: ["gcc-libs", "glibc"],
    "gcc-libs": ["glibc"],
    glibc: ["linux-headers"],
    sup: ["busybox", "gcc-libs", "glibc", "zeromq"],
    zeromq: ["gcc-libs", "glibc", "libsodium"],
    redis: ["glibc"],
  };
  const depsOf = ({ name }: FullIdent) => (deps[name] ?? []).map(ident);

  test("what others need lies below them", () => {
    const roots = ["busybox", "launcher", "hab", "sup", "cacerts", "redis"].map(ident);
    expect(layerOrder(roots, depsOf).map(({ name }) => name)).toEqual(
      "busybox linux-headers gcc-libs glibc launcher hab libsodium zeromq sup cacerts redis".split(" "),
    );
  });

  test("a circle ends", () => {
    const circle = ({ name }: FullIdent) => [ident(name === "a" ? "b" : "a")];
    expect(layerOrder([ident("a")], circle).map(({ name }) => name)).toEqual(["b", "a"]);
  });

  test("more packages than layers: those on top share one", () => {
    expect(layerGroups([1, 2, 3], 3)).toEqual([[1], [2], [3]]);
    expect(layerGroups([1, 2, 3, 4], 3)).toEqual([[1], [2], [3, 4]]);
  });
});
