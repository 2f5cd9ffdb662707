// `hab pkg export tar` (reference/cli.md §2.5, §9.1): the words are the exporter's, `--help` too.
import { argumentList, defineCommand } from "../../command.ts";
import { becomeTool, exporter } from "../../external-tool.ts";

export const command = defineCommand({
  summary: "Turn a package and all it needs into a tar archive",
  description:
    "Hands everything to the program that HAB_PKG_EXPORT_TAR_BINARY names, else to the installed package " +
    "chef/hab-pkg-export-tar (or the one in HAB_PKG_EXPORT_TAR_PKG_IDENT).",
  examples: [
    {
      command: "hab pkg export tar acme/app",
      explains: "acme-app-….tar.gz in this directory, with hab and the Supervisor",
    },
    { command: "hab pkg export tar --help", explains: "the exporter's own options" },
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
    return becomeTool(exporter("tar"), args.words, env);
  },
});
