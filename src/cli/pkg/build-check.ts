// `hab pkg build --check HART`: says whether a plan makes this hart again, and where it does not.
import { type BuildOptions, buildErrors, type HartComparison, reproduce } from "../../build/index.ts";
import { HabError } from "../../error/index.ts";
import { formatIdent } from "../../package/index.ts";
import { formatTable, type Output, type Ui } from "../../ui/index.ts";

/** What the check prints with `--json`. */
export interface CheckReport extends HartComparison {
  readonly hart: string;
  readonly ident: string;
}

export interface CheckOutput {
  readonly ui: Ui;
  readonly stdout: Output;
  /** Undefined when a person reads it. */
  readonly printJson: ((report: CheckReport) => void) | undefined;
}

/** Answers the exit code of a build that failed. Throws HAB-BLD-048 when the hart is not made again. */
export async function checkHart(
  hart: string,
  options: Omit<BuildOptions, "release" | "lock">,
  { ui, stdout, printJson }: CheckOutput,
): Promise<number> {
  const { hart: metadata, status, comparison } = await reproduce(hart, options);
  if (comparison === undefined) return status;
  const ident = formatIdent(metadata.ident);
  const { outcome, differences } = comparison;
  printJson?.({ hart, ident, outcome, differences });
  if (outcome === "identical") {
    ui.end(`${ident} was built again, byte for byte.`);
    return 0;
  }
  if (outcome === "same-files") {
    ui.end(`${ident} was built again: the same files, under another signature, time or compression.`);
    return 0;
  }
  if (printJson === undefined)
    stdout.write(formatTable(differences.map(({ path, problem, detail }) => [problem, path, detail])));
  const count = differences.length;
  throw new HabError(
    buildErrors.notReproduced,
    `${ident} differs from ${hart} in ${count} ${count === 1 ? "place" : "places"}`,
  );
}
