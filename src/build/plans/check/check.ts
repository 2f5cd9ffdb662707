// `hab plan check`: all rules on all plans. Plans are read, never run (docs/decisions/0030-plans.md).
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { literal, placeAt } from "../bash/index.ts";
import { targetOfPlan } from "../find.ts";
import { type ReadPlan, readPlan } from "../read-plan.ts";
import type { ScriptCache } from "../script-file.ts";
import type { Place } from "../values.ts";
import { type SyntaxFault, syntaxErrors } from "./bash-syntax.ts";
import { checkDependencies } from "./dependencies.ts";
import { type Finding, type Report, RULES, type Severity } from "./finding.ts";
import { checkFunctions } from "./functions.ts";
import { withoutIgnored } from "./ignore.ts";
import { checkService } from "./service.ts";
import { checkSettings } from "./settings.ts";
import { checkSources } from "./sources.ts";
import { checkFiles, checkVariables, planText } from "./text.ts";

export interface CheckOptions {
  readonly target: string;
  /** HAB_ORIGIN, which stands in for `pkg_origin`. */
  readonly origin: string | undefined;
  /** Where bash is found: PATH of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface CheckResult {
  /** In the order of files, lines and rules; what several plans share is there once. */
  readonly findings: readonly Finding[];
  /** False: there is no bash, so that syntax was judged by our own reader alone. */
  readonly bashWasThere: boolean;
}

/** Checks plans by the paths of their plan.sh. */
export async function checkPlans(paths: readonly string[], options: CheckOptions): Promise<CheckResult> {
  const scripts: ScriptCache = new Map();
  const findings: Finding[] = [];
  const plans: ReadPlan[] = [];
  for (const path of paths) {
    const plan = readPlan(path, { target: options.target, origin: options.origin, scripts });
    if (plan !== undefined) plans.push(plan);
    else
      reportTo(findings)(
        "unreadable",
        { file: path, line: 1, column: 1 },
        "the plan cannot be read",
        "Make it a regular file of at most 1 MiB that you may read.",
      );
  }
  const files = new Map(
    plans.flatMap(({ files: all }) => all.map(({ path, script }) => [path, script.text])),
  );
  const errors = await syntaxErrors(
    [...files].map(([path, text]) => ({ path, text })),
    options.environment,
  );
  for (const plan of plans) findings.push(...checkPlan(plan, errors));
  return { findings: sorted(findings), bashWasThere: errors !== undefined };
}

function checkPlan(plan: ReadPlan, errors: ReadonlyMap<string, SyntaxFault> | undefined): Finding[] {
  const findings: Finding[] = [];
  const report = reportTo(findings);
  for (const { path } of plan.files) {
    const error = errors?.get(path);
    if (error !== undefined)
      report("syntax", error.place, error.message, "Correct it; bash -n FILE says the same.");
  }
  const text = planText(plan);
  checkFiles(plan, (file) => errors?.has(file) === true, report);
  // What a broken plan sets and lacks is not worth saying.
  if (errors?.has(plan.path) !== true) {
    checkSettings(plan, new Set(text.read.keys()), report);
    checkSources(plan, text, report);
    checkDependencies(plan, text, report);
    checkFunctions(plan, text, report);
    checkVariables(plan, text, report);
    checkPlace(plan, report);
    checkLastCommand(plan, report);
  }
  checkService(plan, report);
  const about: Finding[] = [];
  const kept = withoutIgnored(plan, findings, reportTo(about));
  return [...kept, ...about];
}

/** Compat: a plan in a directory and another in its habitat/ folder end the build with exit code 42. */
function checkPlace(plan: ReadPlan, report: Report): void {
  const target = targetOfPlan(plan.path);
  const context = target === undefined ? plan.directory : dirname(plan.directory);
  const other = join(context, "habitat", target ?? "", "plan.sh");
  if (existsSync(other))
    report(
      "several-plans",
      { file: other, line: 1, column: 1 },
      `${plan.path} is a plan for the same directory: the build takes neither`,
      "Leave one of them.",
    );
}

/** Compat: the status of the last command is that of loading the plan. */
function checkLastCommand(plan: ReadPlan, report: Report): void {
  const last = plan.script.commands.at(-1);
  if (last === undefined) return;
  const first = last.kind === "simple" ? literal(last.words[0]) : undefined;
  const returned = last.kind === "simple" && first === "return" ? literal(last.words[1]) : undefined;
  const mayFail =
    last.kind === "and" || last.kind === "test" || first === "[" || first === "test" || first === "false";
  if (mayFail || (returned !== undefined && returned !== "0"))
    report(
      "last-command",
      { file: plan.path, ...placeAt(plan.script.text, last.at) },
      "this is the last command of the plan: when it fails, the plan cannot be loaded",
      "Write it as `if …; then …; fi`, or put an assignment behind it.",
    );
}

function reportTo(findings: Finding[]): Report {
  return (rule, place, message, next) =>
    findings.push({ rule, severity: RULES[rule].severity, place, message, next });
}

function sorted(findings: readonly Finding[]): Finding[] {
  const key = ({ place, rule, message }: Finding) =>
    [place.file, place.line, place.column, rule, message].join("\0");
  const once = [...new Map(findings.map((finding) => [key(finding), finding])).values()];
  return once.sort(
    (left, right) => comparePlaces(left.place, right.place) || (left.rule < right.rule ? -1 : 1),
  );
}

function comparePlaces(left: Place, right: Place): number {
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}

/** How many findings there are of each kind. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}
