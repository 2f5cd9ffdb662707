// `hab studio` (reference/cli.md §2.5, §9.1): every word is the studio's, `--help` too.
import { argumentList, defineCommand } from "./command.ts";
import { becomeTool } from "./external-tool.ts";

export const command = defineCommand({
  summary: "Enter, build in and remove studios",
  description:
    "Hands everything to the program that HAB_STUDIO_BINARY names, else to the installed package chef/hab-studio. `hab pkg " +
    "build` needs no studio.",
  examples: [
    { command: "hab studio enter", explains: "a shell in the studio of this directory" },
    { command: "hab studio --help", explains: "what the studio itself can do" },
  ],
  args: {
    words: argumentList({
      value: "ARGS",
      help: "Arguments of the studio",
      optional: true,
      allowHyphenValues: true,
    }),
  },
  passThrough: true,
  hasHelp: false,
  hasVersion: false,
  run({ args, env }) {
    return becomeTool("studio", args.words, env);
  },
});
