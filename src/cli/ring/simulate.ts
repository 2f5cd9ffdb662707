// `hab ring simulate`: rings of made-up hosts on a virtual clock. Beyond the original.
import { loadSimulator, type SimulationReport } from "../../ring/index.ts";
import { defineCommand, flag, option, usageProblem } from "../command.ts";
import { bigInteger, integer } from "../values.ts";
import { reportDocument, reportLines, summaryLine } from "./simulation-report.ts";

const BROKEN_EXIT_CODE = 1;
const MAXIMUM_MEMBERS = 20_000;
const MAXIMUM_SEED = BigInt(Number.MAX_SAFE_INTEGER);

export const command = defineCommand({
  summary: "Simulate a ring, with faults, on a virtual clock",
  description:
    "Runs the members' real protocol on made-up hosts: networks that lose, double and cut off, disks that lie, processes that " +
    "die, stand still or are slow. A seed decides everything, so that a run can be repeated exactly. Tells what happened, " +
    "measures how fast news and deaths become known, and checks what must always hold; exits with 1 when something does not. " +
    "Needs no Supervisor and opens no socket. `--scenario list` names the scenarios.",
  examples: [
    { command: "hab ring simulate", explains: "a small ring in chaos, and the story of it" },
    {
      command: "hab ring simulate --scenario leader-crash --members 30",
      explains: "how long a group has no leader",
    },
    { command: "hab ring simulate --seeds 500", explains: "500 different runs, only failures are told" },
    {
      command: "hab ring simulate --scenario idle --members 1000 --loss 5 --json",
      explains: "false alarms and traffic of a big ring on a bad network",
    },
    {
      command: "hab ring simulate --scenario mixed --originals 6",
      explains: "with members of the original Habitat",
    },
  ],
  options: {
    scenario: option({
      long: "scenario",
      value: "NAME",
      default: "chaos",
      help: "What happens to the ring; `list` for a list",
    }),
    members: option({
      long: "members",
      value: "COUNT",
      type: integer(MAXIMUM_MEMBERS),
      help: "How many members",
    }),
    originals: option({
      long: "originals",
      value: "COUNT",
      type: integer(MAXIMUM_MEMBERS),
      help: "How many of them behave as Habitat 2.1.78 does",
    }),
    seed: option({
      long: "seed",
      value: "NUMBER",
      default: "1",
      type: bigInteger(MAXIMUM_SEED),
      help: "What decides everything",
    }),
    seeds: option({
      long: "seeds",
      value: "COUNT",
      default: "1",
      type: integer(),
      help: "How many runs, with this seed and those after it",
    }),
    loss: option({
      long: "loss",
      value: "PERCENT",
      type: percent,
      help: "Share of packets lost all the time",
    }),
    minutes: option({
      long: "minutes",
      value: "COUNT",
      type: integer(10_000),
      help: "How long faults go on, in virtual time",
    }),
    wideArea: flag({ long: "wide-area", help: "A network between continents instead of one data centre" }),
  },
  json: true,
  async run({ options, stdout, ui, json, printJson, signal }) {
    const { MACHINES, SIZES, scenarioList, scenarioNamed, simulate } = await loadSimulator();
    if (options.scenario === "list") {
      const scenarios = scenarioList.map(({ name, summary }) => ({ name, summary }));
      if (json) printJson({ scenarios });
      else for (const { name, summary } of scenarios) stdout.write(`${name.padEnd(14)} ${summary}\n`);
      return 0;
    }
    const scenario = scenarioNamed(options.scenario);
    if (scenario === undefined)
      throw usageProblem(`There is no scenario ${options.scenario}. \`--scenario list\` names them.`);
    const { members, originals } = options;
    if (members !== undefined && members < 2) throw usageProblem("--members: a ring has at least 2 members.");
    if (members !== undefined && originals !== undefined && originals > members)
      throw usageProblem(`--originals: there are only ${members} members.`);
    const first = Number(options.seed);
    const documents: unknown[] = [];
    let broken = 0;
    for (let seed = first; seed < first + options.seeds; seed++) {
      if (signal.aborted) break;
      const startedAt = performance.now();
      const report: SimulationReport = simulate({
        seed,
        scenario,
        machines: MACHINES,
        sizes: SIZES,
        wideArea: options.wideArea,
        realMs: () => performance.now(),
        ...(options.members !== undefined && { members: options.members }),
        ...(options.originals !== undefined && { originals: options.originals }),
        ...(options.loss !== undefined && { loss: options.loss / 100 }),
        ...(options.minutes !== undefined && { minutes: options.minutes }),
      });
      const tookMs = performance.now() - startedAt;
      if (!report.ok) broken++;
      if (json) documents.push(reportDocument(report, tookMs));
      else if (options.seeds === 1) for (const line of reportLines(report, tookMs)) stdout.write(`${line}\n`);
      else if (!report.ok) stdout.write(`${summaryLine(report)}\n`);
      // Ctrl-C is heard between runs.
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (json) printJson({ runs: documents });
    else if (options.seeds > 1)
      ui.end(
        broken === 0
          ? `${options.seeds} runs, nothing broken`
          : `${broken} of ${options.seeds} runs broke a rule`,
      );
    return broken === 0 ? 0 : BROKEN_EXIT_CODE;
  },
});

function percent(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 100)) throw new Error("not a number from 0 to 100");
  return value;
}
