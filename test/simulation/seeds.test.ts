// Chaos in small rings, a run a seed: none may break a rule. HAB_SIMULATE_SEEDS says how many; script/simulate runs more.
import { expect, test } from "bun:test";
import { repeatCommand, runSeeds } from "./runs.ts";

const SEEDS = Number(process.env["HAB_SIMULATE_SEEDS"] ?? 50);

test(`${SEEDS} seeds of chaos break no rule`, async () => {
  const options = { first: 1, count: SEEDS };
  const failed: string[] = [];
  let runs = 0;
  await runSeeds(options, ({ seed, ok, broken }) => {
    runs++;
    if (!ok) failed.push(`${repeatCommand(options, seed)}   ${broken[0]}`);
  });
  expect(failed).toEqual([]);
  expect(runs).toBe(SEEDS);
}, 300_000);
