// `hab pkg install` (reference/packages.md §13).
import { environmentValue, fsRoot } from "../../host/index.ts";
import {
  commandsOf,
  DEFAULT_LINK_DIRECTORY,
  formatIdent,
  installPackage,
  lazyPackageSource,
  linkDirectory,
  loadInstalled,
  parseInstallSource,
} from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import { argumentList, defineCommand, flag, option } from "../command.ts";
import { DEFAULT_CHANNEL } from "../configuration.ts";
import { installSourceType } from "../ident-types.ts";
import { authOption } from "../secret-option.ts";
import { forceFlag, urlOption } from "../shared-options.ts";
import { installReport } from "./install-report.ts";
import { linkCommand } from "./link-command.ts";

export const command = defineCommand({
  summary: "Install packages from a depot or from harts",
  description:
    "A package comes with all its run-time dependencies. Everything is verified before anything is put in place; a failed " +
    "install leaves nothing behind.",
  examples: [
    { command: "hab pkg install core/redis", explains: "the newest release in the channel" },
    { command: "hab pkg install core/redis --channel unstable", explains: "from another channel" },
    {
      command: "hab pkg install ./results/acme-app-1.0.0-20260101000000-x86_64-linux.hart",
      explains: "from a file",
    },
  ],
  args: {
    sources: argumentList({
      value: "PKG_IDENT_OR_ARTIFACT",
      completes: ["installed-package", "file"],
      help: "Packages (core/redis) or paths of harts",
      type: installSourceType,
    }),
  },
  options: {
    url: urlOption(),
    channel: option({
      short: "c",
      long: "channel",
      value: "CHANNEL",
      completes: "channel",
      help: "Channel to install from",
      env: "HAB_BLDR_CHANNEL",
      default: DEFAULT_CHANNEL,
    }),
    binlink: flag({
      short: "b",
      long: "binlink",
      help: "Link all commands of the packages (not of dependencies)",
    }),
    binlinkDir: option({
      long: "binlink-dir",
      value: "BINLINK_DIR",
      completes: "directory",
      help: "Link all commands into this directory",
      env: "HAB_BINLINK_DIR",
      default: DEFAULT_LINK_DIRECTORY,
      refuseEmpty: true,
    }),
    force: forceFlag("Replace links that lead elsewhere"),
    auth: authOption(),
    ignoreInstallHook: flag({ long: "ignore-install-hook", help: "Do not run install hooks" }),
    offline: flag({ long: "offline", help: "Use only what is on this machine", hidden: true }),
    ignoreLocal: flag({
      long: "ignore-local",
      help: "Ignore installed releases when looking for the newest",
    }),
  },
  helpIfBare: true,
  json: true,
  async run({ args, options, source, configuration, signal, ui, json, printJson }) {
    // Compat: all are looked at before the first is installed.
    for (const each of args.sources) await parseInstallSource(each);
    const url = await configuration.bldrUrl(options.url);
    const token = await configuration.authToken(options.auth);
    const depot = lazyPackageSource(async () => {
      const { createDepotClient, depotPackageSource } = await import("../../depot-client/index.ts");
      return depotPackageSource(createDepotClient({ url, ...(token && { token }) }));
    });
    const results: { ident: string; installed: string[] }[] = [];
    for (const each of args.sources) {
      const { ident, installed } = await installPackage({
        source: each,
        channel: options.channel,
        depot,
        // Compat: an option that must be unlocked (reference/packages.md §13.1).
        offline: options.offline && environmentValue("HAB_FEAT_OFFLINE_INSTALL") !== undefined,
        ignoreLocal: options.ignoreLocal,
        ignoreInstallHook: options.ignoreInstallHook,
        ...(token && { token }),
        signal,
        report: installReport(ui),
      });
      results.push({ ident: formatIdent(ident), installed: installed.map(formatIdent) });
      // Compat: naming the directory on the command line asks for links, the variable does not.
      if (options.binlink || source("binlinkDir") === "command-line")
        linkAll(formatIdent(ident), options, ui);
    }
    if (json) printJson({ packages: results });
  },
});

function linkAll(
  ident: string,
  options: { readonly binlinkDir: string; readonly force: boolean },
  ui: Ui,
): void {
  const [origin = "", name = "", version = "", release = ""] = ident.split("/");
  const pkg = loadInstalled({ origin, name, version, release });
  const directory = linkDirectory(options.binlinkDir, fsRoot());
  for (const each of commandsOf(pkg)) {
    ui.begin(`Binlinking ${each} from ${pkg} into ${directory}`);
    linkCommand(pkg, each, { directory: options.binlinkDir, force: options.force }, ui);
  }
}
