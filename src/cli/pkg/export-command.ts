// What the exporters share: every word is the exporter's, `--help` too (reference/cli.md §2.5, §9.1).
import { argumentList, type Command, defineCommand } from "../command.ts";
import { becomeTool } from "../external-tool.ts";
import { toolOf } from "../handed-over.ts";

interface Exporter {
  readonly format: "container" | "tar";
  readonly summary: string;
  readonly example: { readonly command: string; readonly explains: string };
}

/** `hab pkg export FORMAT`. */
export function exportCommand({ format, summary, example }: Exporter): Command {
  const path = `pkg export ${format}` as const;
  const { binaryVariable, identVariable, packageName } = toolOf(path);
  return defineCommand({
    summary,
    description:
      `Hands everything to the program that ${binaryVariable} names, else to the installed package ${packageName} (or ` +
      `the one in ${identVariable}).`,
    examples: [example, { command: `hab ${path} --help`, explains: "the exporter's own options" }],
    args: {
      words: argumentList({
        value: "ARGS",
        help: "Arguments of the exporter",
        optional: true,
        allowHyphenValues: true,
      }),
    },
    hasHelp: false,
    run({ args, env }) {
      return becomeTool(path, args.words, env);
    },
  });
}
