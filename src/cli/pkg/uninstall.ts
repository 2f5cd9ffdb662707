// `hab pkg uninstall` (reference/packages.md §15).
import {
  formatIdent,
  listInstalledOrFail,
  readPins,
  type UninstallEvent,
  uninstallPackage,
} from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import { defineCommand, flag, option, optionList } from "../command.ts";
import { identType, installedPackageArgument } from "../ident-types.ts";
import { integer } from "../values.ts";
import { installReport } from "./install-report.ts";
import { loadedServices } from "./loaded-services.ts";

export const command = defineCommand({
  summary: "Uninstall a package and the dependencies nobody else needs",
  description:
    "Of a partial identifier the newest release goes, unless --keep-latest is given. Services that a Supervisor runs, and " +
    "what they need, stay. A package that is pinned is refused; a pinned dependency stays.",
  examples: [
    { command: "hab pkg uninstall acme/app", explains: "its newest release" },
    { command: "hab pkg uninstall --dryrun acme/app", explains: "only show what would go" },
    { command: "hab pkg uninstall --keep-latest 2 acme/app", explains: "all releases but the two newest" },
  ],
  args: {
    ident: installedPackageArgument("acme/app"),
  },
  options: {
    dryrun: flag({ short: "d", long: "dryrun", help: "Show what would be uninstalled, and do nothing" }),
    keepLatest: option({
      long: "keep-latest",
      value: "KEEP_LATEST",
      help: "Uninstall all but this many of the newest releases",
      type: integer(),
    }),
    exclude: optionList({
      long: "exclude",
      value: "EXCLUDE",
      help: "Keep this package (may be repeated)",
      values: "one",
      type: identType,
    }),
    noDeps: flag({ long: "no-deps", help: "Keep all dependencies" }),
    ignorePins: flag({ long: "ignore-pins", help: "Uninstall what is pinned, too (`hab pkg pin`)" }),
    ignoreUninstallHook: flag({ long: "ignore-uninstall-hook", help: "Do not run uninstall hooks" }),
  },
  helpIfBare: true,
  json: true,
  async run(context) {
    const { args, options, signal, ui, json, printJson } = context;
    const { ident } = args;
    listInstalledOrFail({ ident });
    const loaded = await loadedServices(context);
    const { removed, installed } = await uninstallPackage({
      ident,
      ...(options.keepLatest !== undefined && { keepLatest: options.keepLatest }),
      exclude: options.exclude,
      keepDependencies: options.noDeps,
      ignoreHook: options.ignoreUninstallHook,
      dryRun: options.dryrun,
      loaded,
      pinned: options.ignorePins ? [] : readPins(),
      signal,
      report: (event) => printEvent(event, ui),
      hookReport: installReport(ui),
    });
    if (installed !== undefined) {
      ui.begin(`Uninstalling ${formatIdent(ident)}`);
      ui.status("Skipping", `Only ${installed} packages installed`);
      ui.end(`Uninstall of ${formatIdent(ident)} complete`);
    }
    if (json) printJson({ removed: removed.map(formatIdent), dry_run: options.dryrun });
  },
});

function printEvent(event: UninstallEvent, ui: Ui): void {
  switch (event.kind) {
    case "begin":
      ui.begin(`Uninstalling ${formatIdent(event.ident)}`);
      break;
    case "deleting":
      ui.status(event.dryRun ? "WouldBeDeleted" : "Deleting", formatIdent(event.ident));
      break;
    case "kept":
      ui.status("Skipping", `${formatIdent(event.ident)}. ${reason(event)}`);
      break;
    case "hook skipped":
      ui.status(
        "Skipping",
        `execution of uninstall hook for ${formatIdent(event.ident)}. ${event.installed} packages are installed for ` +
          `${event.ident.origin}/${event.ident.name}`,
      );
      break;
    case "dependencies kept":
      ui.status("Skipping", "dependencies (--no-deps specified)");
      break;
    case "end": {
      const what = `${formatIdent(event.ident)} and ${event.dependencies} dependencies`;
      ui.end(event.dryRun ? `Would uninstall ${what} (Dry run)` : `Uninstall of ${what} complete`);
      break;
    }
  }
}

function reason({ ident, reason, neededBy }: Extract<UninstallEvent, { kind: "kept" }>): string {
  switch (reason) {
    case "ourselves":
      return `You can't uninstall ${ident.origin}/${ident.name}`;
    case "loaded":
      return "It is currently loaded by the Supervisor";
    case "pinned":
      return "It is pinned";
    case "excluded":
      return "It is on the exclusion list";
    case "needed":
      return `It is a dependency of ${neededBy} external packages`;
  }
}
