// `hab depot check`.
import { defineCommand, flag } from "../command.ts";
import { placeOf, placeOptions } from "./place-options.ts";

/** Problems are left. */
const EXIT_PROBLEMS = 3;

export const command = defineCommand({
  summary: "Check every byte of a depot against its digest, and every row against its file",
  description:
    "May run beside the depot. Exit code 0: all is well (or was repaired); 3: problems are left, which are named; 1: the " +
    "depot cannot be read.",
  examples: [
    { command: "hab depot check", explains: "reads every package" },
    { command: "hab depot check --quick", explains: "looks at sizes only" },
    { command: "hab depot check --repair", explains: "and repairs what can be without losing anything" },
  ],
  options: {
    ...placeOptions(),
    quick: flag({ long: "quick", help: "Compare sizes, without reading the bytes" }),
    repair: flag({
      long: "repair",
      help: "Remove files that no package names and bytes that are damaged, and complete the search index",
    }),
  },
  json: true,
  async run(context) {
    const { options, ui, json, printJson, signal } = context;
    const { checkDepotAt } = await import("../../depot/index.ts");
    let progress: ReturnType<typeof ui.progress> | undefined;
    const result = await checkDepotAt(placeOf(context), {
      quick: options.quick,
      repair: options.repair,
      signal,
      onProgress(done, total) {
        progress ??= ui.progress("packages", total);
        progress.update(done);
      },
    });
    progress?.finish();
    const left = result.problems.filter((problem) => !problem.repaired);
    for (const { kind, subject, detail, repaired } of result.problems)
      ui.warn(`${kind}: ${subject}: ${detail}${repaired ? " (repaired)" : ""}`);
    ui.info(`Checked ${result.packages} packages, ${result.blobs} files, ${result.bytes} bytes read`);
    if (json) printJson(result);
    if (left.length === 0) return 0;
    ui.warn(`${left.length} problems are left`);
    return EXIT_PROBLEMS;
  },
});
