// `hab pkg env` (reference/cli.md §10.7).
import { commandEnvironment, loadInstalled } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Print the run-time environment of an installed package",
  description:
    "Lines for a shell to read. Values are printed as they are: `$` and quotes in them are not escaped.",
  examples: [
    { command: 'eval "$(hab pkg env core/redis)"', explains: "take the environment into this shell" },
  ],
  args: {
    ident: installedPackageArgument(),
  },
  helpIfBare: true,
  json: true,
  run({ args, env, stdout, json, printJson }) {
    const variables = commandEnvironment(loadInstalled(args.ident), env);
    if (json) printJson(Object.fromEntries(variables));
    else stdout.write([...variables].map(([name, value]) => `export ${name}="${value}"\n`).join(""));
    return 0;
  },
});
