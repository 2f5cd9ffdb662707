// Which plans need which others, and the order in which they can be built.
import { existsSync } from "node:fs";
import { HabError } from "../../error/index.ts";
import { parseIdent } from "../../package/index.ts";
import { buildErrors } from "../errors.ts";
import { isIdent } from "./check/settings.ts";
import { findPlans } from "./find.ts";
import { knownItems, type ReadPlan } from "./read-plan.ts";
import { textOf } from "./values.ts";

/** How one package needs another. */
export type NeedKind = "run" | "build" | "scaffolding";

export interface Need {
  /** `origin/name` of a plan of the same graph. */
  readonly key: string;
  readonly kind: NeedKind;
  /** False: it depends on a condition that only a build can decide. */
  readonly certain: boolean;
}

export interface PlanNode {
  /** `origin/name`. */
  readonly key: string;
  readonly plan: ReadPlan;
  /** Each package once, to run before to build. */
  readonly needs: readonly Need[];
}

export interface PlanGraph {
  /** What is needed stands before what needs it; beyond that, by name. */
  readonly nodes: ReadonlyMap<string, PlanNode>;
  /** Plans that no package can be named for. */
  readonly unnamed: readonly { readonly path: string; readonly missing: "pkg_name" | "pkg_origin" }[];
  /** Paths of plans that cannot be read. */
  readonly unreadable: readonly string[];
}

/**
 * `unreadable`: paths of plans that are known to be there, but not what they say. Throws HAB-BLD-062 for plans that need each
 * other, HAB-BLD-063 for two of the same package.
 */
export function planGraph(plans: readonly ReadPlan[], unreadable: readonly string[] = []): PlanGraph {
  const named = new Map<string, ReadPlan>();
  const unnamed: { path: string; missing: "pkg_name" | "pkg_origin" }[] = [];
  for (const plan of plans) {
    if (plan.name === undefined || plan.origin === undefined) {
      unnamed.push({ path: plan.path, missing: plan.name === undefined ? "pkg_name" : "pkg_origin" });
      continue;
    }
    const key = `${plan.origin}/${plan.name}`;
    const other = named.get(key);
    if (other !== undefined)
      throw new HabError(buildErrors.samePackage, `${other.path} and ${plan.path} both make ${key}`);
    named.set(key, plan);
  }
  const nodes = new Map<string, PlanNode>();
  for (const key of [...named.keys()].sort()) {
    const plan = named.get(key);
    if (plan !== undefined) nodes.set(key, { key, plan, needs: needsOf(key, plan, named) });
  }
  return { nodes: inOrder(nodes), unnamed, unreadable };
}

const LISTS = [
  ["pkg_deps", "run"],
  ["pkg_build_deps", "build"],
  ["pkg_scaffolding", "scaffolding"],
] as const;

function needsOf(own: string, plan: ReadPlan, named: ReadonlyMap<string, ReadPlan>): Need[] {
  const needs = new Map<string, Need>();
  for (const [setting, kind] of LISTS) {
    const list = plan.settings.get(setting);
    for (const { text } of knownItems(list)) {
      if (!isIdent(text)) continue;
      const { origin, name, version } = parseIdent(text);
      const key = `${origin}/${name}`;
      const other = named.get(key);
      if (other === undefined || key === own || needs.has(key)) continue;
      // Another version than that of the plan comes from elsewhere.
      const made = textOf(other.settings.get("pkg_version"));
      if (version !== undefined && made !== undefined && made !== "" && made !== version) continue;
      needs.set(key, { key, kind, certain: list?.certain === true });
    }
  }
  return [...needs.values()];
}

/** Depth first. A need that is not certain gives way where it would close a circle. */
function inOrder(nodes: ReadonlyMap<string, PlanNode>): Map<string, PlanNode> {
  const order = new Map<string, PlanNode>();
  const path: string[] = [];
  const uncertain: boolean[] = [];
  const visit = (key: string): "done" | "circle" => {
    const node = nodes.get(key);
    if (node === undefined || order.has(key)) return "done";
    const start = path.indexOf(key);
    if (start >= 0) {
      if (uncertain.slice(start + 1).includes(true) || uncertain.at(-1) === true) return "circle";
      throw new HabError(
        buildErrors.planCycle,
        `plans need each other: ${[...path.slice(start), key].join(" → ")}`,
      );
    }
    path.push(key);
    const needs: Need[] = [];
    for (const need of node.needs) {
      uncertain.push(!need.certain);
      if (visit(need.key) === "done") needs.push(need);
      uncertain.pop();
    }
    path.pop();
    order.set(key, { ...node, needs });
    return "done";
  };
  for (const key of nodes.keys()) visit(key);
  return order;
}

/**
 * The plans that the wanted ones need, themselves included, in order. Wanted are packages (`origin/name`) or places of
 * plans. Throws HAB-BLD-060 for one that is not there.
 */
export function neededBy(graph: PlanGraph, wanted: readonly string[]): PlanNode[] {
  const needed = new Set<string>();
  const visit = (key: string) => {
    if (needed.has(key)) return;
    needed.add(key);
    for (const need of graph.nodes.get(key)?.needs ?? []) visit(need.key);
  };
  for (const each of wanted) for (const key of keysOf(graph, each)) visit(key);
  return [...graph.nodes.values()].filter(({ key }) => needed.has(key));
}

function keysOf(graph: PlanGraph, wanted: string): string[] {
  if (graph.nodes.has(wanted)) return [wanted];
  const keys: string[] = [];
  if (existsSync(wanted)) {
    const paths = new Set(findPlans([wanted]));
    for (const { key, plan } of graph.nodes.values()) if (paths.has(plan.path)) keys.push(key);
  }
  if (keys.length > 0) return keys;
  throw new HabError(buildErrors.noPlans, `no plan among these makes ${wanted}`, {
    next: "hab plan order lists the packages that plans make.",
  });
}
