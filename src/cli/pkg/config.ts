// `hab pkg config` (reference/cli.md §10.7).
import { loadInstalled } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Show the default configuration of an installed package",
  examples: [
    {
      command: "hab pkg config core/redis",
      explains: "what the service is configured with unless told otherwise",
    },
  ],
  args: {
    ident: installedPackageArgument(),
  },
  helpIfBare: true,
  json: true,
  async run({ args, stdout, stderr, json, printJson }) {
    const pkg = loadInstalled(args.ident);
    const { formatJson, formatToml, parseToml, tomlToJson } = await import("../../toml/index.ts");
    const text = pkg.defaultToml;
    let table: ReturnType<typeof parseToml> | undefined;
    try {
      if (text !== undefined) table = parseToml(text, { source: "default.toml" });
    } catch {
      // Compat: one that cannot be read is as good as none (vectors/packages/queries.json).
    }
    if (json) printJson(table === undefined ? null : JSON.parse(formatJson(tomlToJson(table))));
    else if (table === undefined) stderr.write(`No 'default.toml' found for ${pkg}\n`);
    else stdout.write(`${formatToml(table)}\n`);
  },
});
