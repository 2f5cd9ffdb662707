// `hab pkg list` (reference/cli.md §10.7).
import { formatIdent, listInstalled, listInstalledOrFail } from "../../package/index.ts";
import { defineCommand, flag, option, optionalArgument } from "../command.ts";
import { identType } from "../ident-types.ts";
import { originName } from "../values.ts";

export const command = defineCommand({
  summary: "List installed packages",
  examples: [
    { command: "hab pkg list --all", explains: "everything that is installed" },
    { command: "hab pkg list --origin core", explains: "all packages of an origin" },
    { command: "hab pkg list core/redis", explains: "all releases of a package" },
  ],
  args: {
    ident: optionalArgument({
      value: "PKG_IDENT",
      help: "A package (core/redis)",
      completes: "installed-package",
      type: identType,
    }),
  },
  options: {
    all: flag({ short: "a", long: "all", help: "List all installed packages" }),
    origin: option({
      short: "o",
      long: "origin",
      value: "ORIGIN",
      help: "List the packages of this origin",
      type: originName,
    }),
  },
  exactlyOne: [["all", "origin", "ident"]],
  helpIfBare: true,
  json: true,
  run({ args, options, stdout, json, printJson }) {
    const found = options.all
      ? listInstalledOrFail()
      : listInstalled({
          ...(options.origin !== undefined && { origin: options.origin }),
          ...(args.ident !== undefined && { ident: args.ident }),
        });
    if (json) printJson({ packages: found.map(formatIdent) });
    else stdout.write(found.map((ident) => `${formatIdent(ident)}\n`).join(""));
    return 0;
  },
});
