// `hab plan order`: plans in the order in which they can be built. Not in the original.
import { relative } from "node:path";
import { loadPlans } from "../../build/index.ts";
import { activeTarget } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { buildOrigin, packagesOption, placesOf, planPlaces, warnOfLeftOut } from "./tree-arguments.ts";

export const command = defineCommand({
  summary: "List plans in the order in which they can be built",
  description:
    "Reads plans without running them. A package stands behind every package it needs, to run or to build, whose plan is " +
    "among them. Plans that need each other in a circle are an error.",
  examples: [
    { command: "hab plan order plans", explains: "all plans below plans/" },
    { command: "hab plan order plans --for core/redis", explains: "what core/redis needs, and itself last" },
    { command: "hab plan order --json", explains: "with what each of them needs" },
  ],
  args: { paths: planPlaces() },
  options: { for: packagesOption("Only this package and what it needs; may be given several times") },
  json: true,
  async run({ args, options, configuration, env, ui, stdout, json, printJson }) {
    const { neededBy, readTree } = await loadPlans();
    const origin = await buildOrigin(env, configuration);
    const graph = readTree({ places: placesOf(args.paths), target: activeTarget(), origin });
    const nodes = options.for.length === 0 ? [...graph.nodes.values()] : neededBy(graph, options.for);
    if (options.for.length === 0) warnOfLeftOut(graph, ui);
    if (json)
      printJson({
        plans: nodes.map(({ key, plan, needs }) => ({
          package: key,
          path: plan.path,
          needs: needs.map((need) => ({ package: need.key, kind: need.kind, certain: need.certain })),
        })),
      });
    else
      stdout.write(nodes.map(({ key, plan }) => `${key}  ${relative(process.cwd(), plan.path)}\n`).join(""));
  },
});
