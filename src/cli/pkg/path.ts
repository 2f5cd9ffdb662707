// `hab pkg path` (reference/cli.md §10.7).
import { formatIdent, loadInstalled } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { identType } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Print where an installed package is",
  examples: [
    { command: "hab pkg path core/redis", explains: "the newest release that is installed" },
    { command: "hab pkg path core/redis/4.0.14", explains: "the newest release of that version" },
  ],
  args: {
    ident: argument({
      value: "PKG_IDENT",
      help: "A package (core/redis)",
      completes: "installed-package",
      type: identType,
    }),
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
