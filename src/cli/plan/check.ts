// `hab plan check`: what is wrong with plans, without running them. Not in the original.
import { relative } from "node:path";
import { type Finding, loadPlans, type Severity } from "../../build/index.ts";
import { activeTarget } from "../../package/index.ts";
import { type Colour, coloursLines, paint, printable, printableLine } from "../../ui/index.ts";
import { argumentList, defineCommand, flag } from "../command.ts";
import { existingDirectoryOrFile } from "../values.ts";

const COLOURS: Readonly<Record<Severity, Colour>> = { error: "red", warning: "yellow", hint: "cyan" };

export const command = defineCommand({
  summary: "Find mistakes in plans without building them",
  description:
    "Reads plan.sh, what it sources, default.toml, hooks and templates, and runs nothing of them. A comment in the plan, " +
    "`# hab-check: ignore RULE reason`, silences a rule: behind a command for its line, on a line of its own for the plan.\n\n" +
    "Exit code 0: no errors (with --strict: no warnings either); 1: there are; 2: wrong words, or no plan there.",
  examples: [
    { command: "hab plan check", explains: "every plan in this directory and below" },
    { command: "hab plan check plans/redis plans/zlib", explains: "some of them" },
    { command: "hab plan check --strict --json plans", explains: "for a build server: warnings fail, too" },
    { command: "hab plan check --rules", explains: "what is looked for" },
  ],
  args: {
    paths: argumentList({
      value: "PATH",
      optional: true,
      completes: ["directory", "file"],
      help: "A plan.sh, or a directory whose plans are checked (default: the present one)",
      type: existingDirectoryOrFile,
    }),
  },
  options: {
    strict: flag({ long: "strict", help: "Warnings count as errors" }),
    hints: flag({ long: "hints", help: "Show hints, too" }),
    rules: flag({ long: "rules", help: "List the rules and check nothing" }),
  },
  json: true,
  async run({ args, options, configuration, env, ui, stdout, json, printJson }) {
    const { checkPlans, countBySeverity, findPlans, RULES } = await loadPlans();
    if (options.rules) {
      const rules = Object.entries(RULES).map(([name, rule]) => ({ name, ...rule }));
      if (json) printJson({ rules });
      else
        stdout.write(
          rules
            .map(({ name, severity, about }) => `${name.padEnd(24)}${severity.padEnd(9)}${about}\n`)
            .join(""),
        );
      return 0;
    }
    const plans = findPlans(args.paths.length === 0 ? ["."] : args.paths);
    const origin = env["HAB_ORIGIN"] || (await configuration.file()).origin;
    const { findings, bashWasThere } = await checkPlans(plans, {
      target: activeTarget(),
      origin,
      environment: env,
    });
    const counts = countBySeverity(findings);
    const failed = counts.error > 0 || (options.strict && counts.warning > 0);
    if (json) {
      printJson({
        plans: plans.length,
        ...counts,
        findings: findings.map(({ rule, severity, place, message, next }) => ({
          rule,
          severity,
          ...place,
          message,
          next,
        })),
      });
    } else {
      const shown = findings.filter(({ severity }) => options.hints || severity !== "hint");
      const colours = stdout.isTerminal && coloursLines(env);
      stdout.write(shown.map((finding) => formatFinding(finding, colours)).join(""));
    }
    if (!bashWasThere) ui.warn("There is no bash on PATH: the syntax of plans was not checked.");
    const summary = `${amount(plans.length, "plan")} checked: ${amount(counts.error, "error")}, ${amount(counts.warning, "warning")}, ${amount(counts.hint, "hint")}${counts.hint > 0 && !options.hints ? " (--hints shows them)" : ""}`;
    if (failed) ui.warn(summary);
    else ui.end(summary);
    return failed ? 1 : 0;
  },
});

/** `plans/x/plan.sh:3:1: error: what is wrong [rule]`, which editors jump to, and what to do below it. */
function formatFinding({ rule, severity, place, message, next }: Finding, colours: boolean): string {
  const file = relative(process.cwd(), place.file);
  const where = printableLine(
    `${file.startsWith("../../..") ? place.file : file}:${place.line}:${place.column}`,
  );
  const kind = colours ? paint(severity, COLOURS[severity]) : severity;
  return `${where}: ${kind}: ${printable(message)} [${rule}]\n    ${printable(next)}\n`;
}

function amount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
