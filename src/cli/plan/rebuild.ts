// `hab plan rebuild`: builds what is not up to date among many plans, side by side. Not in the original.
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { buildErrors, loadPlans, type Outcome, type RebuildPlan } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import { activeTarget } from "../../package/index.ts";
import { defineCommand, flag, option, usageProblem } from "../command.ts";
import { cliErrors } from "../errors.ts";
import type { Environment } from "../grammar/parse.ts";
import { integer } from "../values.ts";
import { showBuilds } from "./show-builds.ts";
import { buildOrigin, packagesOption, placesOf, planPlaces, warnOfLeftOut } from "./tree-arguments.ts";

const NO_STUDIO = "no-studio";

export const command = defineCommand({
  summary: "Build what is not up to date among many plans, dependencies first",
  description:
    "A package is built when there is no build of it, when files of its plan are not those it was built from, or when a " +
    "package it needs is built anew: its dependencies are exact releases. With --changed only what git shows as changed " +
    "starts a build: changes since the branch left its upstream, or since the last commit.\n\n" +
    "Plans that do not need each other are built side by side, each by `hab pkg build`. Results come to HAB_OUTPUT_PATH " +
    "(default: ./results); logs, and what was built from what, to rebuild/ in it. When a build fails, what needs it is left " +
    "out and the others go on. Exit code 0: all is up to date; 1: something could not be built.",
  examples: [
    { command: "hab plan rebuild plans --dry-run", explains: "what would be built, in which order, and why" },
    { command: "hab plan rebuild --changed", explains: "what the changes of this branch make necessary" },
    { command: "hab plan rebuild --since v1.2.0 -j 8", explains: "since a commit, eight builds at a time" },
    {
      command: "hab plan rebuild plans --for core/redis",
      explains: "core/redis and what it needs; plans/redis means the same",
    },
  ],
  args: { paths: planPlaces() },
  options: {
    changed: flag({ long: "changed", help: "Start from what git shows as changed" }),
    since: option({ long: "since", value: "COMMIT", help: "The same, since this commit", refuseEmpty: true }),
    all: flag({
      long: "all",
      help: "Build all of them, up to date or not",
      conflictsWith: ["changed", "since"],
    }),
    for: packagesOption("Only this package and what it needs; may be given several times"),
    noBuildDependents: flag({
      long: "no-build-dependents",
      help: "Leave out what only builds with a package that is built anew",
    }),
    dryRun: flag({ short: "n", long: "dry-run", help: "Only say what would be built, and why" }),
    jobs: option({
      short: "j",
      long: "jobs",
      value: "N",
      help: "Builds at the same time (default: the number of processors)",
      type: integer(1024),
    }),
    failFast: flag({ long: "fail-fast", help: "Start nothing more after the first failure" }),
    verbose: flag({
      short: "v",
      long: "verbose",
      help: "Show the output of all builds, with the package in front",
    }),
    noStudio: flag({ long: NO_STUDIO, help: "Build in the present root" }),
  },
  json: true,
  async run({ args, options, configuration, env, ui, stdout, signal, json, printJson }) {
    if (options.jobs === 0) throw usageProblem("--jobs must be at least 1");
    const { formatReason, planRebuild, runBuilds } = await loadPlans();
    const output = resolve(env["HAB_OUTPUT_PATH"] || "results");
    const rootPath = resolve(env["HAB_ROOT_PATH"] || "/hab");
    const root = basename(rootPath) === "hab" ? dirname(rootPath) : rootPath;
    const isSince = options.changed || options.since !== undefined;
    const plan = planRebuild({
      places: placesOf(args.paths),
      target: activeTarget(),
      origin: await buildOrigin(env, configuration),
      packages: options.for,
      all: options.all,
      since: isSince ? { base: options.since } : undefined,
      buildDependents: !options.noBuildDependents,
      output,
      root,
      environment: env,
    });
    if (options.for.length === 0) warnOfLeftOut(plan.graph, ui);
    const { steps } = plan;
    if (options.dryRun) {
      if (json) printJson(document(plan, new Map()));
      else
        stdout.write(
          steps.map(({ node, reasons }) => `${node.key}  ${reasons.map(formatReason).join("; ")}\n`).join(""),
        );
    }
    if (steps.length === 0) ui.end(nothingToDo(plan));
    if (options.dryRun || steps.length === 0) {
      if (json && !options.dryRun) printJson(document(plan, new Map()));
      return 0;
    }
    mkdirSync(output, { recursive: true });
    const shown = showBuilds({ ui, steps, output: json ? undefined : stdout, verbose: options.verbose, env });
    const outcomes = await runBuilds(plan, {
      output,
      root,
      environment: env,
      jobs: options.jobs ?? availableParallelism(),
      failFast: options.failFast,
      ...placeOfBuilds(options.noStudio, env),
      signal,
      report: shown.report,
    }).finally(shown.close);
    if (json) printJson(document(plan, outcomes));
    if (signal.aborted) throw new HabError(cliErrors.interrupted, "Not all packages were built");
    const failed = [...outcomes].filter(([, { kind }]) => kind === "failed").map(([key]) => key);
    const skipped = [...outcomes.values()].filter(({ kind }) => kind === "skipped").length;
    if (failed.length > 0)
      throw new HabError(
        buildErrors.buildsFailed,
        `${failed.join(", ")} could not be built${skipped > 0 ? `, and ${skipped} more that need ${failed.length === 1 ? "it" : "them"} or come after` : ""}`,
      );
    ui.end(`${steps.length} of ${plan.nodes.length} packages built; the others are up to date`);
    return 0;
  },
});

function nothingToDo({ nodes, base }: RebuildPlan): string {
  if (base !== undefined) return `Nothing to build of what changed since ${base.slice(0, 12)}`;
  return nodes.length === 1 ? "1 package is up to date" : `${nodes.length} packages are up to date`;
}

/** Where `hab pkg build` builds, and the words that have it do so: in a studio, unless told not to or inside one. */
function placeOfBuilds(noStudio: boolean, env: Environment) {
  return {
    studio: !noStudio && !env["STUDIO_TYPE"],
    buildWords: noStudio ? [`--${NO_STUDIO}`] : [],
  };
}

function document({ steps, nodes, base }: RebuildPlan, outcomes: ReadonlyMap<string, Outcome>): unknown {
  return {
    base: base ?? null,
    upToDate: nodes.length - steps.length,
    packages: steps.map(({ node, reasons }) => ({
      package: node.key,
      path: node.plan.path,
      reasons,
      outcome: outcomes.get(node.key) ?? null,
    })),
  };
}
