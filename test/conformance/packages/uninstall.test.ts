// `hab pkg uninstall` as recorded from 2.1.78: what is left installed, and in which order things went.
import { describe, expect, test } from "bun:test";
import queries from "./queries.json";
import uninstall from "./uninstall.json";
import { type Step, World, type WorldEntry } from "./world.ts";

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
  readonly world?: readonly WorldEntry[];
  readonly world_too?: readonly WorldEntry[];
  readonly without_package?: string;
}

/** Where the original is wrong by its own documentation (reference/packages.md §15). */
const DIFFERENT: Record<string, string> = {
  "a package with a missing dependency": "a dependency that is not installed is passed over",
  "last package of its origin: empty parents go": "a dependency that is not installed is passed over",
  "diamond: a kept dependency does not keep its own": "what stays keeps what it needs",
  "the same, two --exclude": "what stays keeps what it needs",
  "the same, --exclude core/openssl/3.2": "what stays keeps what it needs",
  "the same, --exclude full ident": "what stays keeps what it needs",
  "--exclude a bad ident": "a wrong argument, not a crash",
};

describe("uninstall", () => {
  test.each(uninstall.cases as unknown as Case[])("$name", async (vector) => {
    const entries = (vector.world ?? (queries.world as readonly WorldEntry[])).filter(
      ({ path }) =>
        vector.without_package === undefined || !path.startsWith(`$ROOT/hab/pkgs/${vector.without_package}/`),
    );
    const world = new World([...entries, ...(vector.world_too ?? [])]);
    try {
      for (const step of vector.steps) {
        const { exit, stdout, stderr } = await world.hab(step);
        if (vector.name in DIFFERENT) continue;
        expect({ exit, stdout, stderr }).toMatchObject({ exit: step.expect?.exit as number });
        if (exit === 0) expect(stdout).toBe(step.expect?.stdout as string);
        const left = await world.hab({ argv: ["pkg", "list", "-a"] });
        expect(left.stdout.split("\n").slice(0, -1)).toEqual([...(step.installed_after ?? [])]);
      }
    } finally {
      world.remove();
    }
  });
});

test("what an excluded dependency needs is not taken from under it", async () => {
  const vector = uninstall.cases.find(({ name }) => name.startsWith("diamond: a kept")) as unknown as Case;
  const world = new World(vector.world ?? []);
  try {
    await world.hab({ argv: ["pkg", "uninstall", "--exclude", "t/d", "t/a"] });
    const { stdout } = await world.hab({ argv: ["pkg", "list", "-a"] });
    expect(stdout).toContain("t/d/1/20250101000001\n");
    expect(stdout).toContain("t/f/1/20250101000001\n");
    expect(stdout).not.toContain("t/b/1/20250101000001\n");
  } finally {
    world.remove();
  }
});

test("a dependency that is not installed does not stop the rest", async () => {
  const world = new World(queries.world as readonly WorldEntry[]);
  try {
    const { exit } = await world.hab({ argv: ["pkg", "uninstall", "acme/broken"] });
    expect(exit).toBe(0);
    expect((await world.hab({ argv: ["pkg", "uninstall", "--exclude", "acme", "acme/app"] })).exit).toBe(2);
  } finally {
    world.remove();
  }
});
