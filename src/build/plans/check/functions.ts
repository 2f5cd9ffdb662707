// Rules about functions a plan defines (reference/plan-build.md §9, §11).
import type { ReadPlan } from "../read-plan.ts";
import type { Report } from "./finding.ts";
import { programNames } from "./known.ts";
import { mostSimilar } from "./similar.ts";
import type { PlanText } from "./text.ts";

/** Variables that settings make (reference/plan-build.md §8.2), and the setting. */
const OWNED: Readonly<Record<string, string>> = {
  PATH: "pkg_bin_dirs and pkg_deps",
  LD_RUN_PATH: "pkg_lib_dirs",
  LDFLAGS: "pkg_lib_dirs",
  CFLAGS: "pkg_include_dirs",
  CPPFLAGS: "pkg_include_dirs",
  CXXFLAGS: "pkg_include_dirs",
  PKG_CONFIG_PATH: "pkg_pconfig_dirs",
};
const SETTERS = new Set(["set_runtime_env", "set_buildtime_env", "push_runtime_env", "push_buildtime_env"]);

/** Callbacks nobody calls, functions of the program that are replaced, variables that may not be set. */
export function checkFunctions(plan: ReadPlan, text: PlanText, report: Report): void {
  const { functions: all, callbacks } = programNames();
  const called = new Set(text.calls.map(({ name }) => name));
  for (const { name, place } of plan.functions.values()) {
    if (callbacks.has(name)) continue;
    if (all.has(name)) {
      if (name.startsWith("do_default_")) continue;
      report(
        "internal-function",
        place,
        `${name} is a function of the build program, which calls it in ways that may change`,
        "Give the function another name, unless it is meant to replace that one.",
      );
    } else if (name.startsWith("do_") && !called.has(name)) {
      const meant = mostSimilar(name, callbacks);
      report(
        "unknown-callback",
        place,
        `nothing calls ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
        meant === undefined ? `Callbacks are ${[...callbacks].sort().join(", ")}.` : `Write ${meant}.`,
      );
    }
  }
  for (const { name, words, place } of text.calls) {
    if (
      /^do_default_/.test(name) &&
      !all.has(name) &&
      !plan.functions.has(name) &&
      !plan.settings.has("pkg_scaffolding")
    ) {
      const meant = mostSimilar(name, all);
      report(
        "unknown-callback",
        place,
        `there is no ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
        meant === undefined ? "Leave the call out." : `Write ${meant}.`,
      );
    }
    if (!SETTERS.has(name)) continue;
    const variable = words
      .slice(1)
      .map(textOfWord)
      .find((word) => word !== "-f");
    const owner = variable === undefined ? undefined : OWNED[variable];
    if (owner !== undefined)
      report(
        "forbidden-environment",
        place,
        `${name} must not set ${variable}: the build ends there`,
        `It is made from ${owner}; set that.`,
      );
  }
}

function textOfWord(word: PlanText["calls"][number]["words"][number]): string | undefined {
  const [only] = word.parts;
  return word.parts.length === 1 && only?.kind === "text" ? only.text : undefined;
}
