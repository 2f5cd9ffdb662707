// One plan, read: what it sets, what it defines, which files it is made of.
import { dirname } from "node:path";
import type { Script } from "./bash/index.ts";
import { type Evaluated, evaluatePlan } from "./evaluate.ts";
import { targetOfPlan } from "./find.ts";
import { readScript, type ScriptCache } from "./script-file.ts";
import type { Setting } from "./values.ts";
import { textOf } from "./values.ts";

export interface ReadPlan extends Evaluated {
  /** Of plan.sh, absolute. */
  readonly path: string;
  readonly directory: string;
  readonly script: Script;
  /** Undefined when it is not set, or only a run would tell. */
  readonly name: string | undefined;
  /** HAB_ORIGIN before what the plan says. */
  readonly origin: string | undefined;
}

export interface ReadPlanOptions {
  readonly target: string;
  /** HAB_ORIGIN, or what stands in for it. */
  readonly origin: string | undefined;
  readonly scripts: ScriptCache;
}

/** Reads the plan at `path`; undefined when the file cannot be read. */
export function readPlan(path: string, options: ReadPlanOptions): ReadPlan | undefined {
  const script = readScript(path, options.scripts);
  if (typeof script === "string") return undefined;
  const evaluated = evaluatePlan(path, script, {
    scripts: options.scripts,
    variables: {
      pkg_target: targetOfPlan(path) ?? options.target,
      // What plans compare it with is `stage1`; what it is in a build says nothing else.
      STUDIO_TYPE: "default",
      HAB_PLAN_FILENAME: "plan.sh",
      ...(options.origin !== undefined && { HAB_ORIGIN: options.origin }),
    },
  });
  const { settings } = evaluated;
  return {
    ...evaluated,
    path,
    directory: dirname(path),
    script,
    name: nonEmpty(textOf(settings.get("pkg_name"))),
    origin: options.origin ?? nonEmpty(textOf(settings.get("pkg_origin"))),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

/** The items of a list that are known. */
export function knownItems(
  setting: Setting | undefined,
): { readonly text: string; readonly item: Setting["items"][number] }[] {
  return (setting?.items ?? []).flatMap((item) =>
    item.text === undefined ? [] : [{ text: item.text, item }],
  );
}
