// Which plans of a tree have to be built now: reads the plans, what was built, and what is installed, and asks `stale.ts`.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { HabError } from "../../error/index.ts";
import {
  findInstalled,
  formatIdent,
  type InstalledPackage,
  isNewer,
  parseIdent,
} from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { type Built, type BuiltPackages, readBuilt } from "./built.ts";
import { findPlans, plansForTarget } from "./find.ts";
import { changesOf, type GitChanges, gitChanges } from "./git-changes.ts";
import { neededBy, type PlanGraph, type PlanNode, planGraph } from "./graph.ts";
import { changedInputs, type DigestCache, type Inputs, planInputs } from "./inputs.ts";
import { type ReadPlan, readPlan } from "./read-plan.ts";
import type { ScriptCache } from "./script-file.ts";
import { type Facts, type StaleOptions, type Step, stalePackages } from "./stale.ts";

export interface TreeOptions {
  /** Directories of plans, or plans. */
  readonly places: readonly string[];
  readonly target: string;
  readonly origin: string | undefined;
}

export interface RebuildOptions extends TreeOptions, Omit<StaleOptions, "sinceCommit"> {
  /** Only these, and what they need: `origin/name`, or places of plans. Empty: all. */
  readonly packages: readonly string[];
  /** Compare with a commit; `base` undefined leaves which one to git. */
  readonly since: { readonly base: string | undefined } | undefined;
  /** Directory of results. */
  readonly output: string;
  /** What holds hab/pkgs. */
  readonly root: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface RebuildPlan {
  readonly graph: PlanGraph;
  readonly nodes: readonly PlanNode[];
  readonly steps: readonly Step[];
  readonly inputs: ReadonlyMap<string, Inputs>;
  readonly built: BuiltPackages;
  /** The commit it is compared with. */
  readonly base: string | undefined;
}

/**
 * The plans of a tree that the target builds, in order. Throws HAB-BLD-060, HAB-BLD-062, HAB-BLD-063, and HAB-BLD-103 where no plan
 * can be read.
 */
export function readTree({ places, target, origin }: TreeOptions): PlanGraph {
  const scripts: ScriptCache = new Map();
  const plans: ReadPlan[] = [];
  const unreadable: string[] = [];
  for (const path of plansForTarget(findPlans(places), target)) {
    const plan = readPlan(path, { target, origin, scripts });
    if (plan === undefined) unreadable.push(path);
    else plans.push(plan);
  }
  if (plans.length === 0 && unreadable.length > 0)
    throw new HabError(buildErrors.planUnreadable, `cannot read ${unreadable.join(", ")}`);
  return planGraph(plans, unreadable);
}

/** What has to be built. Changes nothing. Throws what `readTree` throws, and HAB-BLD-065. */
export function planRebuild(options: RebuildOptions): RebuildPlan {
  const graph = readTree(options);
  const nodes = options.packages.length === 0 ? [...graph.nodes.values()] : neededBy(graph, options.packages);
  const built = readBuilt(options.output);
  const digests: DigestCache = new Map();
  const inputs = new Map(nodes.map(({ key, plan }) => [key, planInputs(plan, digests)]));
  const changes = options.since === undefined ? undefined : changesSince(options, nodes);
  const facts = new Map(
    nodes.map((node): [string, Facts] => [
      node.key,
      factsOf(node, inputs.get(node.key) ?? {}, built.get(node.key), changes, options),
    ]),
  );
  const steps = stalePackages(nodes, facts, { ...options, sinceCommit: options.since !== undefined });
  return { graph, nodes, steps, inputs, built, base: changes?.base };
}

function changesSince(options: RebuildOptions, nodes: readonly PlanNode[]): GitChanges {
  const [first] = nodes;
  const directory = first === undefined ? "." : dirname(first.plan.path);
  return gitChanges(directory, options.since?.base, options.environment);
}

function factsOf(
  { key, plan }: PlanNode,
  inputs: Inputs,
  built: Built | undefined,
  changes: GitChanges | undefined,
  { output, root }: RebuildOptions,
): Facts {
  const installed = findInstalled(parseIdent(key), { root });
  const noted = built !== undefined && isThere(built, installed, output, root) ? built : undefined;
  // A release that somebody else installed since is what others are built with.
  const isOlder =
    noted !== undefined && installed !== undefined && isNewer(installed.ident, parseIdent(noted.ident));
  const current = noted === undefined || isOlder ? installed && formatIdent(installed.ident) : noted.ident;
  return {
    current,
    changed: noted === undefined ? undefined : changedInputs(noted.inputs, inputs),
    changedInGit: changes === undefined ? undefined : changesOf(plan, inputs, changes.paths),
    builtWith: noted === undefined || isOlder ? dependenciesOf(installed) : noted.dependencies,
  };
}

/** Whether what was built is still to be had. */
function isThere(
  built: Built,
  installed: InstalledPackage | undefined,
  output: string,
  root: string,
): boolean {
  if (installed !== undefined && formatIdent(installed.ident) === built.ident) return true;
  return (
    existsSync(join(output, built.hart)) || findInstalled(parseIdent(built.ident), { root }) !== undefined
  );
}

/** Direct dependencies of an installed package, by name. */
export function dependenciesOf(installed: InstalledPackage | undefined): Record<string, string> {
  if (installed === undefined) return {};
  const idents = [...installed.buildDeps, ...installed.deps];
  return Object.fromEntries(idents.map((ident) => [`${ident.origin}/${ident.name}`, formatIdent(ident)]));
}
