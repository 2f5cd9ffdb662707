// `hab depot prune`.
import { formatBytes } from "../../ui/index.ts";
import { defineCommand, flag, option, optionList } from "../command.ts";
import { integer, originName } from "../values.ts";
import { placeOf, placeOptions } from "./place-options.ts";

const DAY_MS = 24 * 3600_000;

export const command = defineCommand({
  summary: "Remove old releases from a depot by a rule",
  description:
    "Kept are: the newest releases of each package and target (--keep) in each channel of --only-newest-in; everything any " +
    "other channel holds; what is younger than --days; and whatever something that stays depends on. May run beside the " +
    "depot. Broken off, it has removed some and harmed nothing.",
  examples: [
    { command: "hab depot prune --dry-run", explains: "what would go" },
    { command: "hab depot prune --keep 5 --days 90", explains: "less builds kept, for longer" },
    {
      command: "hab depot prune --only-newest-in unstable --only-newest-in stable --origin acme",
      explains: "also old stable releases, of one origin",
    },
  ],
  options: {
    ...placeOptions(),
    keep: option({
      long: "keep",
      value: "N",
      help: "Newest releases to keep",
      default: "10",
      type: integer(1_000_000),
    }),
    days: option({
      long: "days",
      value: "N",
      help: "Nothing younger goes",
      default: "30",
      type: integer(36_500),
    }),
    onlyNewestIn: optionList({
      long: "only-newest-in",
      value: "CHANNEL",
      values: "one",
      help: "Channel where only the newest releases count (default: unstable); all others hold what they have",
    }),
    origins: optionList({
      long: "origin",
      value: "ORIGIN",
      values: "one",
      help: "Only packages of this origin (default: all)",
      type: originName,
    }),
    dryRun: flag({ long: "dry-run", help: "Remove nothing, only say what would go" }),
  },
  json: true,
  async run(context) {
    const { options, ui, stdout, json, printJson, signal } = context;
    const { pruneDepot } = await import("../../depot/index.ts");
    const result = await pruneDepot(placeOf(context), {
      rule: {
        keep: options.keep,
        minimumAgeMs: options.days * DAY_MS,
        onlyNewestIn: options.onlyNewestIn.length === 0 ? ["unstable"] : options.onlyNewestIn,
        origins: options.origins,
      },
      dryRun: options.dryRun,
      signal,
    });
    if (json) {
      printJson(result);
      return;
    }
    for (const { ident, target } of result.removed) stdout.write(`${ident} ${target}\n`);
    ui.end(
      `${options.dryRun ? "Would remove" : "Removed"} ${result.removed.length} packages (${formatBytes(result.freedBytes)}); ${result.kept} stay, ` +
        `${result.neededByOthers} of them because others depend on them`,
    );
  },
});
