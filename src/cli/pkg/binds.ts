// `hab pkg binds` (reference/cli.md §10.7).
import { HabError } from "../../error/index.ts";
import { type Bind, formatIdent, loadInstalled } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { installedPackageArgument } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Show the binds of an installed package",
  examples: [{ command: "hab pkg binds acme/app", explains: "what the service needs of others" }],
  args: {
    ident: installedPackageArgument(),
  },
  helpIfBare: true,
  json: true,
  run({ args, stdout, stderr, json, printJson }) {
    const pkg = loadInstalled(args.ident);
    if (json) {
      printJson({ ident: formatIdent(pkg.ident), required: pkg.binds, optional: pkg.optionalBinds });
      return 0;
    }
    stdout.write(`Showing binds for ${pkg}\n`);
    const sections: [string, () => Bind[]][] = [
      ["required", () => pkg.binds],
      ["optional", () => pkg.optionalBinds],
    ];
    for (const [kind, read] of sections)
      try {
        stdout.write(section(kind, read()));
      } catch (error) {
        if (!(error instanceof HabError)) throw error;
        // Compat: one section that cannot be read does not hide the other, and is no failure (vectors/packages/queries.json).
        stderr.write(`Error while querying ${kind} binds for ${pkg}\n`);
      }
    return 0;
  },
});

/** Compat: only the first bind is indented, the others by what ends the line before (reference/packages.md §16). */
function section(kind: string, binds: readonly Bind[]): string {
  if (binds.length === 0) return `${kind}: none\n`;
  const lines = binds.map(({ name, exports }) => `[${name}]=${exports.join(" ")}`);
  return `${kind}:\n    ${lines.join("    \n")}\n`;
}
