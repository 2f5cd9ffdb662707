// A worker of runs.ts: runs its share of the seeds and prints a line for each.
import { MACHINES, SIZES } from "../../src/ring/sim/machines.ts";
import { scenarioNamed } from "../../src/ring/sim/scenarios/index.ts";
import { simulate } from "../../src/ring/sim/simulate.ts";
import type { RunResult, RunsOptions } from "./runs.ts";

const options = JSON.parse(process.argv[2] ?? "") as RunsOptions & {
  readonly share: number;
  readonly of: number;
};
const scenario = scenarioNamed(options.scenario ?? "chaos");
if (scenario === undefined) throw new Error(`there is no scenario ${options.scenario}`);

for (let seed = options.first + options.share; seed < options.first + options.count; seed += options.of) {
  const { ok, members, lengthMs, steps, fingerprint, violations } = simulate({
    seed,
    scenario,
    machines: MACHINES,
    sizes: { datagram: SIZES.datagram },
    ...(options.members !== undefined && { members: options.members }),
    ...(options.originals !== undefined && { originals: options.originals }),
    ...(options.minutes !== undefined && { minutes: options.minutes }),
  });
  const broken = violations.map(({ atMs, rule, text }) => `${(atMs / 1000).toFixed(1)} s, ${rule}: ${text}`);
  const result: RunResult = { seed, ok, members, lengthMs, steps, fingerprint, broken };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
