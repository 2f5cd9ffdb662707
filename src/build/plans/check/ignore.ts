// `# hab-check: ignore RULE reason`: what a plan says about findings it means. Behind a command it is about its line;
// alone on its line it is about the whole plan and the files beside it.
import { placeAt } from "../bash/index.ts";
import type { ReadPlan } from "../read-plan.ts";
import type { Place } from "../values.ts";
import { type Finding, isRuleName, type Report, RULES, type RuleName } from "./finding.ts";
import { mostSimilar } from "./similar.ts";

interface Ignore {
  readonly rule: RuleName;
  readonly place: Place;
  /** About its own line only. */
  readonly lineOnly: boolean;
  used: boolean;
}

/** Takes away what comments silence; reports comments that are wrong or silence nothing. */
export function withoutIgnored(plan: ReadPlan, findings: readonly Finding[], report: Report): Finding[] {
  const ignores = readIgnores(plan, report);
  const kept = findings.filter((finding) => {
    const ignore = ignores.find(
      ({ rule, place, lineOnly }) =>
        rule === finding.rule &&
        (!lineOnly || (place.file === finding.place.file && place.line === finding.place.line)),
    );
    if (ignore !== undefined) ignore.used = true;
    return ignore === undefined;
  });
  // A file that several plans source may say it for another one.
  for (const { rule, place, used } of ignores)
    if (!used && place.file === plan.path)
      report("needless-ignore", place, `${rule} is not found`, "Leave the comment out.");
  return kept;
}

function readIgnores(plan: ReadPlan, report: Report): Ignore[] {
  const ignores: Ignore[] = [];
  for (const { path, script } of plan.files) {
    for (const { text, at } of script.comments) {
      const found = /^\s*hab-check:\s*(\S+)\s*(\S*)\s*(.*)$/.exec(text);
      if (found === null) continue;
      const place = { file: path, ...placeAt(script.text, at) };
      const [, verb, names = "", reason = ""] = found;
      if (verb !== "ignore" || names === "") {
        report("unknown-rule", place, "the comment is not `hab-check: ignore RULE reason`", "Write it so.");
        continue;
      }
      if (reason === "")
        report(
          "ignore-without-reason",
          place,
          `the comment does not say why ${names} is meant`,
          "Add the reason behind the rule.",
        );
      const before = script.text.slice(script.text.lastIndexOf("\n", at - 1) + 1, at);
      for (const name of names.split(",")) {
        if (isRuleName(name))
          ignores.push({ rule: name, place, lineOnly: before.trim() !== "", used: false });
        else {
          const meant = mostSimilar(name, Object.keys(RULES));
          report(
            "unknown-rule",
            place,
            `there is no rule ${name}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
            "hab plan check --rules lists them.",
          );
        }
      }
    }
  }
  return ignores;
}
