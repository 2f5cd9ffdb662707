// What a person sees of an install (reference/packages.md §13.2).
import { activeTarget, formatIdent, type InstallEvent, type Report } from "../../package/index.ts";
import type { Progress, Ui } from "../../ui/index.ts";

/** Prints the events of an install. */
export function installReport(ui: Ui): Report {
  const bars = new Map<string, Progress>();
  return (event) => {
    if (event.kind === "progress") showProgress(event, bars, ui);
    else {
      // Whatever the depot said of its size: what is looked at now has arrived.
      if (event.kind === "verifying" || event.kind === "damaged") finish(formatIdent(event.ident), bars);
      printEvent(event, ui);
    }
  };
}

function finish(label: string, bars: Map<string, Progress>): void {
  bars.get(label)?.finish();
  bars.delete(label);
}

function showProgress(
  { ident, received, total }: Extract<InstallEvent, { kind: "progress" }>,
  bars: Map<string, Progress>,
  ui: Ui,
): void {
  const label = formatIdent(ident);
  const bar = bars.get(label) ?? ui.progress(label, total);
  bars.set(label, bar);
  bar.update(received);
  if (received === total) finish(label, bars);
}

function printEvent(event: Exclude<InstallEvent, { kind: "progress" }>, ui: Ui): void {
  switch (event.kind) {
    case "begin":
      ui.begin(`Installing ${event.source}`);
      break;
    case "resolving":
      ui.status(
        "Determining",
        event.channel === undefined
          ? `latest version of ${formatIdent(event.ident)} locally installed or cached (offline)`
          : `latest version of ${formatIdent(event.ident)} in the '${event.channel}' channel`,
      );
      break;
    case "not in channel":
      ui.status(
        "Missing",
        `${formatIdent(event.ident)} in the '${event.channel}' channel: using the installed one`,
      );
      break;
    case "found in channels":
      ui.warn(`${formatIdent(event.ident)} is in other channels: ${event.channels.join(", ")}`);
      break;
    case "using":
      ui.status("Using", formatIdent(event.ident));
      break;
    case "waiting":
      ui.status(
        { glyph: "ellipsis", text: "Waiting" },
        `for the process that is installing ${formatIdent(event.ident)}`,
      );
      break;
    case "downloading":
      ui.status("Downloading", `${formatIdent(event.ident)} for ${activeTarget()}`);
      break;
    case "downloading key":
      ui.status("Downloading", `${event.key} public origin key`);
      break;
    case "cached key":
      ui.status("Cached", `${event.key} public origin key`);
      break;
    case "verifying":
      ui.status("Verifying", formatIdent(event.ident));
      break;
    case "damaged":
      ui.warn(
        `The cached artifact of ${formatIdent(event.ident)} is damaged (${event.problem}); fetching it again`,
      );
      break;
    case "installed":
      ui.status("Installed", formatIdent(event.ident));
      break;
    case "hook":
      ui.status("Executing", `${event.hook} hook for '${formatIdent(event.ident)}'`);
      break;
    case "hook line":
      ui.info(`${event.ident.name} hook[${event.hook}]:(HK): ${event.line}`);
      break;
    case "hook note":
      ui.info(`${event.ident.name}(${event.key}): ${event.text}`);
      break;
    case "hook ended":
      break;
    case "hook ignored":
      ui.warn(`The ${event.hook} hook of ${formatIdent(event.ident)} is left out: ${event.problem}`);
      break;
    case "end":
      ui.end(`Install of ${formatIdent(event.ident)} complete with ${event.count} new packages installed.`);
      break;
  }
}
