// `hab pkg path` (reference/cli.md §10.7).
import { formatIdent, loadInstalled } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Print where an installed package is",
  examples: [
    { command: "hab pkg path core/redis", explains: "the newest release that is installed" },
    { command: "hab pkg path core/redis/4.0.14", explains: "the newest release of that version" },
  ],
  args: {
    ident: installedPackageArgument(),
  },
  helpIfBare: true,
  json: true,
  run({ args, stdout, json, printJson }) {
    const pkg = loadInstalled(args.ident);
    if (json) printJson({ ident: formatIdent(pkg.ident), path: pkg.path });
    else stdout.write(`${pkg.path}\n`);
    return 0;
  },
});
