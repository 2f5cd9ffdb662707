// `hab studio` (reference/cli.md §10.9, reference/plan-build.md §14): rooms to build packages in. HAB_STUDIO_BINARY names
// another program, which then gets every word.
import { argumentList, defineCommand } from "./command.ts";
import { isSet } from "./handed-over.ts";

export const command = defineCommand({
  summary: "Enter, build in and remove studios",
  description:
    "A studio is a clean room: a root of its own with the tools of one package and the packages a plan names, and nothing " +
    "else of this machine but the directory it is made for, which is /src in it. It needs no root and no daemon. `hab pkg " +
    "build` builds in one.\n\n`hab studio help` lists its commands and options.",
  examples: [
    { command: "hab studio enter", explains: "a shell in the studio of this directory" },
    { command: "hab studio build plans/redis", explains: "a package from a plan" },
    { command: "hab studio help", explains: "what else there is" },
  ],
  args: {
    words: argumentList({
      value: "ARGS",
      help: "Options, a command and its words",
      optional: true,
      allowHyphenValues: true,
    }),
  },
  passThrough: true,
  hasHelp: false,
  hasVersion: false,
  async complete(words, current) {
    const { completeStudio } = await import("./studio/complete.ts");
    return completeStudio(words, current);
  },
  async run(context) {
    const other = context.env["HAB_STUDIO_BINARY"];
    if (isSet(other)) {
      const { becomeNamed } = await import("./external-tool.ts");
      return becomeNamed(other, context.args.words, context.env);
    }
    const { runStudio } = await import("./studio/run.ts");
    return runStudio(context.args.words, context);
  },
});
