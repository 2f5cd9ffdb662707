// `hab pkg exec` (reference/packages.md §12.2).
import { execInPackage, loadInstalled } from "../../package/index.ts";
import { argument, argumentList, defineCommand } from "../command.ts";
import { identType } from "../ident-types.ts";

export const command = defineCommand({
  summary: "Run a command in the environment of an installed package",
  description:
    "The command is looked up in the package's PATH, then in the caller's. It takes the place of hab.",
  examples: [{ command: "hab pkg exec core/redis redis-cli ping", explains: "a command of the package" }],
  args: {
    ident: argument({
      value: "PKG_IDENT",
      help: "A package (core/redis)",
      completes: "installed-package",
      type: identType,
    }),
    program: argument({ value: "CMD", help: "Command to run (redis-cli)" }),
    words: argumentList({
      value: "ARGS",
      help: "Arguments of the command",
      optional: true,
      allowHyphenValues: true,
    }),
  },
  helpIfBare: true,
  run({ args, env }) {
    return execInPackage(loadInstalled(args.ident), args.program, args.words, env);
  },
});
