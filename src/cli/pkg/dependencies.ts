// `hab pkg dependencies` (reference/cli.md §10.7).
import { DependencyGraph, formatIdent, loadInstalled } from "../../package/index.ts";
import { defineCommand, flag } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Show what an installed package depends on",
  examples: [
    { command: "hab pkg dependencies core/redis", explains: "its direct dependencies" },
    { command: "hab pkg dependencies --transitive core/redis", explains: "all of them" },
    { command: "hab pkg dependencies --reverse core/glibc", explains: "the installed packages that need it" },
  ],
  args: {
    ident: installedPackageArgument(),
  },
  options: {
    transitive: flag({ short: "t", long: "transitive", help: "Also what those depend on, and so on" }),
    reverse: flag({ short: "r", long: "reverse", help: "Show what depends on the package instead" }),
  },
  helpIfBare: true,
  json: true,
  run({ args, options, stdout, json, printJson }) {
    const { ident } = loadInstalled(args.ident);
    const found = DependencyGraph.ofInstalled().neighbours(ident, options).map(formatIdent);
    if (json) printJson({ ident: formatIdent(ident), dependencies: found });
    else stdout.write(found.map((each) => `${each}\n`).join(""));
    return 0;
  },
});
