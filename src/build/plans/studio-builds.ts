// What builds side by side in studios need beyond one (reference/plan-build.md §14): a studio each, results each, and the
// packages that this run and earlier ones have built.
import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { LOG_VARIABLE } from "../log.ts";
import { studiosHome } from "../studio/places.ts";
import type { PlanNode } from "./graph.ts";
import type { RebuildPlan } from "./rebuild.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface StudioBuild {
  readonly node: PlanNode;
  readonly plan: RebuildPlan;
  /** Where its results go. */
  readonly place: string;
  readonly log: string;
  readonly options: { readonly output: string; readonly environment: Environment };
}

/** Where the source directory is in a studio. */
const SOURCE = "/src";
/** Variables with this in front are handed on into a studio. */
const INTO = "HAB_STUDIO_SECRET_";

/** The directory for results of single builds: in a studio only what is in the present directory can be written. */
export function scratchHome(options: { readonly output: string; readonly studio: boolean }): string {
  return options.studio && outside(options.output) ? process.cwd() : options.output;
}

function outside(path: string): boolean {
  const way = relative(process.cwd(), path);
  return way.startsWith("..") || resolve(way) === way;
}

/** Variables for `hab pkg build` of this plan. */
export function studioVariables({ node, plan, place, log, options }: StudioBuild): Record<string, string> {
  const { environment, output } = options;
  const own = environment["HAB_STUDIO_INSTALL_PKGS"] ?? "";
  // What is built stands in no depot yet. Who forbids to install anything has to install it by himself.
  const forbids = !["", "false"].includes(environment["NO_INSTALL_DEPS"] ?? "");
  const harts = forbids ? [] : neededHarts(node, plan, output);
  const packages = [...own.split(":").filter((each) => each !== ""), ...harts];
  return {
    HAB_STUDIO_ROOT: join(studiosHome(environment), `rebuild--${node.key.replace("/", "--")}`),
    [`${INTO}HAB_OUTPUT_PATH`]: join(SOURCE, relative(process.cwd(), place)),
    [`${INTO}${LOG_VARIABLE}`]: log,
    // Of the origins core and chef a build takes the depot's release, unless it is told to look what is newest.
    ...(harts.length > 0 && { [`${INTO}HAB_PREFER_LOCAL_CHEF_DEPS`]: "true" }),
    ...(packages.length > 0 && { HAB_STUDIO_INSTALL_PKGS: packages.join(":") }),
  };
}

/** Harts of what the plan needs, transitively, as far as they were built here; what is needed first. */
function neededHarts(node: PlanNode, { graph, built }: RebuildPlan, output: string): string[] {
  const needed = new Set<string>();
  const visit = (key: string) => {
    if (needed.has(key)) return;
    for (const need of graph.nodes.get(key)?.needs ?? []) visit(need.key);
    needed.add(key);
  };
  for (const { key } of node.needs) visit(key);
  return [...needed].flatMap((key) => {
    const hart = built.get(key)?.hart;
    const path = hart === undefined ? "" : join(output, hart);
    return path !== "" && existsSync(path) ? [path] : [];
  });
}
