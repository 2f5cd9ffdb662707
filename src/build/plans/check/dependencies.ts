// Rules about dependencies and what is asked of them (reference/plan-build.md §6, §11).
import { literal } from "../bash/index.ts";
import { knownItems, type ReadPlan } from "../read-plan.ts";
import type { Report } from "./finding.ts";
import { isIdent } from "./settings.ts";
import type { PlanText } from "./text.ts";

/** Idents of dependencies, and uses of packages that are none. */
export function checkDependencies(plan: ReadPlan, text: PlanText, report: Report): void {
  const run = checkList(plan, "pkg_deps", report);
  const build = checkList(plan, "pkg_build_deps", report);
  for (const [ident, item] of build) {
    if (!run.has(ident)) continue;
    report(
      "dependency-in-both",
      item.place,
      `${ident} is in pkg_deps and in pkg_build_deps`,
      "Leave it out of pkg_build_deps: what runs a package is there when it is built.",
    );
  }
  checkUses(plan, text, report);
}

function checkList(plan: ReadPlan, name: string, report: Report) {
  const seen = new Map<string, ReturnType<typeof knownItems>[number]["item"]>();
  for (const { text, item } of knownItems(plan.settings.get(name))) {
    if (text === "") continue;
    if (!isIdent(text)) {
      const isName = !text.includes("/");
      report(
        "bad-dependency",
        item.place,
        isName ? `"${text}" has no origin` : `"${text}" is not origin/name[/version[/release]]`,
        isName ? `Write the origin: core/${text}.` : "Correct the ident.",
      );
      continue;
    }
    const [origin, short] = text.split("/");
    if (seen.has(text))
      report("repeated-dependency", item.place, `${text} is in ${name} twice`, "Leave one of them out.");
    // Compilers are built with the release before.
    if (name === "pkg_deps" && origin === plan.origin && short === plan.name)
      report(
        "self-dependency",
        item.place,
        `${text} is this package itself`,
        "Leave it out, or name the origin whose package is meant.",
      );
    seen.set(text, item);
  }
  return seen;
}

/** `pkg_path_for x` in the plan itself, where x is no direct dependency: the build ends there. */
function checkUses(plan: ReadPlan, text: PlanText, report: Report): void {
  const lists = [plan.settings.get("pkg_deps"), plan.settings.get("pkg_build_deps")];
  const isKnown = lists.every(
    (list) => list === undefined || (list.certain && list.items.every((item) => item.text !== undefined)),
  );
  // A scaffolding may add dependencies.
  if (!isKnown || plan.settings.has("pkg_scaffolding")) return;
  const run = knownItems(lists[0]).map((each) => each.text);
  const all = [...run, ...knownItems(lists[1]).map((each) => each.text)];
  for (const { name, words, place } of text.calls) {
    if (place.file !== plan.path) continue;
    const [index, candidates, list] =
      name === "pkg_path_for"
        ? ([1, all, "pkg_deps or pkg_build_deps"] as const)
        : name === "pkg_interpreter_for"
          ? ([1, run, "pkg_deps"] as const)
          : name === "fix_interpreter"
            ? ([2, run, "pkg_deps"] as const)
            : [undefined, [], ""];
    const wanted = index === undefined ? undefined : literal(words[index]);
    // What is more than an ident is a regular expression, which may find anything.
    if (wanted === undefined || !/^[A-Za-z0-9_/-]+$/.test(wanted)) continue;
    if (candidates.some((each) => `/${each}/`.includes(`/${wanted}/`))) continue;
    // A version or a release of a dependency that is not pinned is found, too.
    if (/^[0-9]/.test(wanted)) continue;
    const named = candidates.find((each) => wanted.startsWith(`${each}/`));
    if (named !== undefined) continue;
    report(
      "undeclared-dependency",
      place,
      `${name} asks for ${wanted}, which is not in ${list}`,
      `Add it to ${list}.`,
    );
  }
}
