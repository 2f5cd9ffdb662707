// Questions about an installed world (recorded from 2.1.78). `exec` takes the place of the program, so it has a test of
// its own in a process of its own.
import { afterAll, describe, expect, test } from "bun:test";
import { parseToml } from "../../../src/toml/index.ts";
import binlink from "./binlink.json";
import queries from "./queries.json";
import { recordedContents, recordedTree, type Step, World, type WorldEntry } from "./world.ts";

interface Query extends Step {
  readonly name: string;
  readonly group: string;
}

const world = new World(queries.world);
afterAll(() => world.remove());
const all = queries.cases as unknown as Query[];

describe("queries", () => {
  const cases = all.filter(({ group }) => !group.startsWith("exec"));
  test.each(cases)("$name", async (query) => {
    const { exit, stdout } = await world.hab(query);
    expect(exit).toBe(query.expect?.exit as number);
    const wanted =
      query.expect?.stdout.replaceAll(
        "/hab/pkgs",
        query.group === "provides_under_hab" ? "$ROOT/hab/pkgs" : "/hab/pkgs",
      ) ?? "";
    if (query.group === "config" && wanted.trim() !== "")
      expect(parseToml(stdout, { source: "" })).toEqual(parseToml(wanted, { source: "" }));
    // What depends on the order of a directory is compared as a set.
    else if (query.group === "provides_under_hab" || query.argv?.includes("-r"))
      expect(sorted(stdout)).toEqual(sorted(wanted));
    else expect(stdout).toBe(wanted);
  });
});

const UNDER_HAB = /^\$ROOT\/hab(\/|$)/;

/** Stops at an error in the middle of a directory, whose order is its own affair: what was linked before may differ. */
const ORDER_MATTERS = "all commands, a dangling symlink among them";

describe("binlinks", () => {
  interface Case {
    readonly name: string;
    readonly steps: readonly Step[];
    readonly tree: readonly WorldEntry[];
    readonly world_too?: readonly WorldEntry[];
  }
  test.each(binlink.cases as unknown as Case[])("$name", async (vector) => {
    const fresh = new World([...queries.world, ...(vector.world_too ?? [])]);
    try {
      for (const step of vector.steps) {
        const { exit, stdout } = await fresh.hab(step);
        expect(exit).toBe(step.expect?.exit as number);
        if (exit === 0) expect(sorted(stdout)).toEqual(sorted(step.expect?.stdout ?? ""));
      }
      if (vector.name !== ORDER_MATTERS)
        expect(fresh.tree("$ROOT", UNDER_HAB, recordedContents(vector.tree))).toEqual(
          recordedTree(vector.tree),
        );
    } finally {
      fresh.remove();
    }
  });
});

function sorted(text: string): string[] {
  return text.split("\n").sort();
}
