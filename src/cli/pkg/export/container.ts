// `hab pkg export container` (reference/cli.md §2.5, §9.1): the words are the exporter's, `--help` too.
import { argumentList, defineCommand } from "../../command.ts";
import { becomeTool, exporter } from "../../external-tool.ts";

export const command = defineCommand({
  summary: "Turn a package and all it needs into a container image",
  description:
    "Hands everything to the program that HAB_PKG_EXPORT_CONTAINER_BINARY names, else to the installed package " +
    "chef/hab-pkg-export-container (or the one in HAB_PKG_EXPORT_CONTAINER_PKG_IDENT).",
  examples: [
    { command: "hab pkg export container acme/app", explains: "an image acme/app" },
    { command: "hab pkg export container --help", explains: "the exporter's own options" },
  ],
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
    return becomeTool(exporter("container"), args.words, env);
  },
});
