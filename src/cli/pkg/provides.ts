// `hab pkg provides` (reference/cli.md §10.7).
import { findProviders, formatIdent, providerName } from "../../package/index.ts";
import { argument, defineCommand, flag } from "../command.ts";

export const command = defineCommand({
  summary: "Find the installed packages that hold a file",
  examples: [
    { command: "hab pkg provides redis-cli", explains: "packages with a file of exactly this name" },
    { command: "hab pkg provides -p redis-cli", explains: "with the full path of each" },
  ],
  args: { file: argument({ value: "FILE", help: "Name of the file, without directories" }) },
  options: {
    release: flag({ short: "r", help: "Show full identifiers" }),
    path: flag({ short: "p", help: "Show the path of each file" }),
  },
  helpIfBare: true,
  json: true,
  run({ args, options, stdout, json, printJson }) {
    const found = findProviders(args.file);
    if (json) {
      printJson({ files: found.map(({ ident, path }) => ({ ident: formatIdent(ident), path })) });
      return 0;
    }
    const lines = found.map((provider) => {
      const name = providerName(provider, options.release);
      return options.path ? `${name}: ${provider.path}\n` : `${name}\n`;
    });
    stdout.write([...new Set(lines)].join(""));
    return 0;
  },
});
