// `hab pkg binlink` (reference/packages.md §17).
import { fsRoot } from "../../host/index.ts";
import {
  commandsOf,
  DEFAULT_LINK_DIRECTORY,
  formatIdent,
  linkDirectory,
  loadInstalled,
} from "../../package/index.ts";
import { defineCommand, option, optionalArgument } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";
import { forceFlag } from "../shared-options.ts";
import { linkCommand } from "./link-command.ts";

export const command = defineCommand({
  summary: "Link commands of an installed package into a directory of the PATH",
  examples: [
    { command: "hab pkg binlink core/redis redis-cli", explains: "make /bin/redis-cli" },
    { command: "hab pkg binlink --dest /usr/local/bin core/redis", explains: "link all commands elsewhere" },
  ],
  args: {
    ident: installedPackageArgument(),
    binary: optionalArgument({ value: "BINARY", help: "The command to link; all when not given" }),
  },
  options: {
    destination: option({
      short: "d",
      long: "dest",
      value: "DEST_DIR",
      completes: "directory",
      help: "Directory for the links",
      env: "HAB_BINLINK_DIR",
      default: DEFAULT_LINK_DIRECTORY,
      refuseEmpty: true,
    }),
    force: forceFlag("Replace links that lead elsewhere"),
  },
  helpIfBare: true,
  json: true,
  run({ args, options, ui, json, printJson }) {
    const directory = linkDirectory(options.destination, fsRoot());
    const label = formatIdent(args.ident);
    const link = (name: string) => {
      ui.begin(`Binlinking ${name} from ${label} into ${directory}`);
      return linkCommand(loadInstalled(args.ident), name, { ...options, directory: options.destination }, ui);
    };
    const names = args.binary === undefined ? commandsOf(loadInstalled(args.ident)) : [args.binary];
    const links = Array.from(names, link);
    if (json) printJson({ links });
    return 0;
  },
});
