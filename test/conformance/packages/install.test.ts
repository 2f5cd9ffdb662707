// `hab pkg install`, alone, in sequences and with hooks, as recorded from 2.1.78: exit codes and what is left on disk.
import { afterAll, describe, expect, test } from "bun:test";
import hooks from "./hooks.json";
import scenarios from "./install-scenarios.json";
import single from "./install-single.json";
import { filesOnly, recordedContents, recordedTree, type Step, World, type WorldEntry } from "./world.ts";

/** Steps whose exit code is another one here, and why. */
const DIFFERENT: Record<string, { exit: number; why: string }> = {
  "install odd-key-name-with-path": { exit: 1, why: "a key name that is a path is refused" },
  "install meta-twice": { exit: 1, why: "two packages in one archive are refused" },
  "a release directory without TARGET is in the way": {
    exit: 0,
    why: "what a removal cut short left makes room",
  },
  "rename time-out 0": { exit: 0, why: "a rename needs no retries here, and one is always tried" },
  "interpreter package missing, no depot": {
    exit: 0,
    why: "a package that needs no interpreter runs without",
  },
};

/**
 * Left out of comparisons of what is on disk: the original caches a file before it has looked at it, and certificates and
 * keys are not part of the record.
 */
const NOT_COMPARED = /^\$ROOT\/hab\/cache\/(keys|ssl)(\/|$)/;
const CACHED = /^\$ROOT\/hab\/cache(\/|$)/;

/** Stands for the address where nothing listens: it refuses all, at once. */
const depot = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 403 }) });
afterAll(() => depot.stop(true));

interface Case {
  readonly name: string;
  readonly harts: readonly string[];
  readonly keys: readonly string[];
  readonly steps: readonly Step[];
  readonly tree: readonly WorldEntry[];
}

async function run(vector: Case): Promise<void> {
  const world = new World();
  try {
    world.provide(vector.harts, vector.keys);
    const last = vector.steps.filter((step) => step.argv !== undefined).at(-1);
    let failed = false;
    for (const step of vector.steps) {
      if (step.do !== undefined) {
        const read = world.perform(step.do);
        if (read !== undefined) expect(world.collapse(read.found ?? "(none)")).toBe(read.wanted ?? "(none)");
        continue;
      }
      const wanted = step.expect?.exit;
      const { exit, stdout, stderr } = await world.hab({
        ...step,
        env: { ...step.env, HAB_BLDR_URL: depot.url.href },
      });
      const different = step === last && vector.name in DIFFERENT ? DIFFERENT[vector.name]?.exit : undefined;
      expect({ step: step.argv, exit, output: stdout + stderr }).toMatchObject({ exit: different ?? wanted });
      failed = exit !== 0;
      if (different === undefined && exit === 0)
        expect(hookLines(stdout)).toEqual(hookLines(step.expect?.stdout ?? ""));
    }
    if (vector.name in DIFFERENT) return;
    // What failed leaves no file, whatever empty directories and unproved artifacts the original leaves.
    const compare = failed ? CACHED : NOT_COMPARED;
    const trees = [
      world.tree("$ROOT", compare, recordedContents(vector.tree)),
      recordedTree(vector.tree, compare),
    ];
    const [found, wanted] = failed ? trees.map(filesOnly) : trees;
    expect(found).toEqual(wanted as Record<string, string>);
  } finally {
    world.remove();
  }
}

/** Lines that hooks printed; those of the two streams may change places. */
function hookLines(output: string): string[] {
  return output
    .split("\n")
    .filter((line) => line.includes("]:(HK):"))
    .sort();
}

describe("one hart on an empty system", () => {
  test.each(single.cases as unknown as Case[])("$name", run);
});

describe("sequences", () => {
  test.each(scenarios.cases as unknown as Case[])("$name", run);
});

describe("hooks", () => {
  test.each(hooks.cases as unknown as Case[])("$name", run);
});
