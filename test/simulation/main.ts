// script/simulate: as many seeds as asked, on all cores; failing ones are printed with the command that tells their story.
import { parseArgs } from "node:util";
import { type RunsOptions, repeatCommand, runSeeds } from "./runs.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    first: { type: "string", default: "1" },
    scenario: { type: "string" },
    members: { type: "string" },
    originals: { type: "string" },
    minutes: { type: "string" },
    workers: { type: "string" },
  },
});
const number = (name: "members" | "originals" | "minutes" | "workers") =>
  values[name] === undefined ? {} : { [name]: Number(values[name]) };
const options: RunsOptions = {
  first: Number(values.first),
  count: Number(values.seeds),
  ...(values.scenario !== undefined && { scenario: values.scenario }),
  ...number("members"),
  ...number("originals"),
  ...number("minutes"),
  ...number("workers"),
};

const startedAt = performance.now();
const total = { runs: 0, failed: 0, virtualMs: 0, steps: 0 };
await runSeeds(options, ({ seed, ok, broken, lengthMs, steps }) => {
  total.runs++;
  total.virtualMs += lengthMs;
  total.steps += steps;
  if (!ok) {
    total.failed++;
    console.log(
      `seed ${seed} FAILED: ${broken[0]}${broken.length > 1 ? ` (and ${broken.length - 1} more)` : ""}`,
    );
    console.log(`  ${repeatCommand(options, seed)}`);
  }
  if (total.runs % 100 === 0) console.error(`${total.runs} runs, ${total.failed} failed`);
});
const tookMs = performance.now() - startedAt;
console.log(
  `${total.runs} runs, ${total.failed} failed; ${(total.virtualMs / 3_600_000).toFixed(1)} h of virtual time in ` +
    `${(tookMs / 1000).toFixed(0)} s (${(total.virtualMs / tookMs).toFixed(0)} times as fast), ${total.steps} steps`,
);
process.exit(total.failed === 0 ? 0 : 1);
