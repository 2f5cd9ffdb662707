// `hab pkg gc`: removes installed releases nobody needs.
import { basename } from "node:path";
import { describeError, HabError } from "../../error/index.ts";
import {
  DEFAULT_LINK_DIRECTORY,
  findCachedGarbage,
  findGarbage,
  formatIdent,
  type Garbage,
  type GarbageEvent,
  type KeptRelease,
  LINK_DIRECTORIES,
  packageErrors,
  type RemovedRelease,
  removeCachedHart,
  removeGarbage,
  sameIdent,
} from "../../package/index.ts";
import { formatBytes, type Ui } from "../../ui/index.ts";
import { defineCommand, flag, option, usageProblem } from "../command.ts";
import { CONTROL_PORT } from "../shared-options.ts";
import { hostAndPort } from "../values.ts";
import { garbageRoots } from "./gc-roots.ts";
import { installReport } from "./install-report.ts";

export const command = defineCommand({
  summary: "Remove installed releases that nobody needs",
  description:
    "What is loaded as a service, runs, is pinned (`hab pkg pin`) or linked into a directory of the PATH stays with all it " +
    "needs, and so do hab itself and the newest release of every package that no other installed package depends on. A " +
    "Supervisor that runs is asked what it has loaded; if it does not answer, every release of what its spec files name stays.",
  examples: [
    { command: "hab pkg gc --dry-run", explains: "show what would go, and how much room it takes" },
    {
      command: "hab pkg gc --yes --cache",
      explains: "do it without asking, and empty the artifact cache too",
    },
    { command: "hab pkg gc --all", explains: "keep only what is loaded, pinned or linked" },
  ],
  options: {
    dryRun: flag({ short: "d", long: "dry-run", help: "Show what would be removed, and do nothing" }),
    yes: flag({ short: "y", long: "yes", help: "Do not ask" }),
    all: flag({
      long: "all",
      help: "Also remove packages no other depends on, unless they are loaded, pinned or linked",
    }),
    cache: flag({
      long: "cache",
      help: "Also remove files of the artifact cache whose releases are not installed",
    }),
    binlinkDirectory: option({
      long: "binlink-dir",
      value: "DIR",
      completes: "directory",
      help: `One more directory of links (${LINK_DIRECTORIES.join(", ")} are always looked into)`,
      env: "HAB_BINLINK_DIR",
      default: DEFAULT_LINK_DIRECTORY,
      refuseEmpty: true,
    }),
    remoteSup: option({
      long: "remote-sup",
      value: "REMOTE_SUP",
      heading: "Supervisor",
      help: `Control gateway of this machine's Supervisor (else HAB_LISTEN_CTL, listen_ctl of cli.toml, 127.0.0.1:${CONTROL_PORT})`,
      type: hostAndPort(CONTROL_PORT),
    }),
  },
  json: true,
  async run(context) {
    const { options, env, signal, ui, json, printJson } = context;
    const { dryRun, yes, all, cache } = options;
    if (!dryRun && !yes && !isTerminal())
      throw usageProblem("nobody can be asked here: add --yes to remove, or --dry-run to look");
    const directories = [...LINK_DIRECTORIES, options.binlinkDirectory, env["HAB_BINLINK_DIR"] ?? ""];
    const look = async () => {
      const given = directories.filter((directory) => directory !== "");
      return findGarbage({ roots: await garbageRoots(context, given, options.remoteSup), all });
    };
    const garbage = await look();
    const print = (removed: readonly RemovedRelease[], kept: readonly KeptRelease[], harts: Harts) => {
      if (!json) return;
      printJson({
        removed: removed.map(({ ident, bytes }) => ({ ident: formatIdent(ident), bytes })),
        harts,
        bytes: sum(removed) + sum(harts),
        kept: kept.map(({ ident, reason }) => ({ ident: formatIdent(ident), reason })),
        dry_run: dryRun,
      });
    };
    const going = garbage.remove.map(({ ident }) => ident);
    const expected = cache ? findCachedGarbage(going) : [];
    for (const kept of garbage.keep) if (kept.reason !== "needed") ui.status("Skipping", sentence(kept));
    const goes = `${count(going.length, "release")}${cache ? ` and ${count(expected.length, "cached file")}` : ""}`;
    const size = formatBytes(sum(garbage.remove) + sum(expected));
    if (dryRun) {
      for (const { ident, bytes } of garbage.remove)
        ui.status("WouldBeDeleted", `${formatIdent(ident)} (${formatBytes(bytes)})`);
      for (const { path, bytes } of expected)
        ui.status("WouldBeDeleted", `${basename(path)} (${formatBytes(bytes)})`);
      ui.end(`Would remove ${goes}, ${size} (Dry run)`);
      print(garbage.remove, garbage.keep, expected);
      return;
    }
    if (going.length + expected.length === 0) {
      ui.end("Nothing to remove");
      print([], garbage.keep, []);
      return;
    }
    if (!yes) {
      for (const { ident, bytes } of garbage.remove)
        ui.info(`  ${formatIdent(ident)} (${formatBytes(bytes)})`);
      if ((await ui.confirm(`Remove ${goes}, ${size}?`, "no")) !== "yes") {
        print([], garbage.keep, []);
        return;
      }
    }
    const { removed, kept } = await removeGarbage(yes ? garbage : stillGarbage(garbage, await look()), {
      signal,
      report: (event) => printEvent(event, ui),
      hookReport: installReport(ui),
    });
    const harts = cache ? await emptyCache(signal, ui) : [];
    ui.end(`Removed ${count(removed.length, "release")}, ${formatBytes(sum(removed) + sum(harts))} freed`);
    print(removed, kept, harts);
    const failed = kept.filter(({ reason }) => reason === "hook failed");
    if (failed.length > 0)
      throw new HabError(
        packageErrors.garbageKept,
        `the uninstall hook failed of ${failed.map(({ ident }) => formatIdent(ident)).join(", ")}`,
      );
  },
});

/** What a person has agreed to and still nobody needs: the answer may have taken an hour. */
function stillGarbage(agreed: Garbage, now: Garbage): Garbage {
  return {
    remove: now.remove.filter((each) => agreed.remove.some(({ ident }) => sameIdent(ident, each.ident))),
    keep: now.keep,
  };
}

type Harts = readonly { readonly path: string; readonly bytes: number }[];

async function emptyCache(signal: AbortSignal, ui: Ui): Promise<Harts> {
  const gone = [];
  for (const hart of findCachedGarbage([])) {
    signal.throwIfAborted();
    if (!(await removeCachedHart(hart.path))) continue;
    ui.status("Deleting", basename(hart.path));
    gone.push(hart);
  }
  return gone;
}

function printEvent(event: GarbageEvent, ui: Ui): void {
  switch (event.kind) {
    case "deleting":
      ui.status("Deleting", formatIdent(event.ident));
      break;
    case "kept":
      if (event.problem !== undefined) ui.warn(describeError(event.problem));
      ui.status("Skipping", sentence(event.kept));
      break;
    case "hook skipped":
      ui.status(
        "Skipping",
        `execution of uninstall hook for ${formatIdent(event.ident)}. ${event.installed} releases are installed`,
      );
      break;
  }
}

function sentence({ ident, reason, neededBy }: KeptRelease): string {
  const because = {
    loaded: "It is loaded as a service",
    running: "A process runs from it",
    pinned: "It is pinned",
    binlinked: "A link in a directory of the PATH leads to it",
    hab: "It is part of hab",
    interpreter: "Hooks of services run with it",
    newest: "No other package depends on it and it is the newest release",
    needed: neededBy === undefined ? "It is needed" : `${formatIdent(neededBy)} needs it`,
    "in use": "It is being installed",
    "hook failed": "Its uninstall hook failed",
  }[reason];
  return `${formatIdent(ident)}. ${because}`;
}

function sum(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((total, { bytes }) => total + bytes, 0);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** Whether somebody can answer on standard input. */
function isTerminal(): boolean {
  return process.getBuiltinModule("node:tty").isatty(0);
}
