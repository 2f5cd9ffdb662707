// `hab sup sh` (reference/cli.md §2.5, §9.1): a shell that comes with the original's Supervisor.
import { argumentList, defineCommand } from "../command.ts";
import { becomeTool } from "../external-tool.ts";

export const command = defineCommand({
  summary: "Start an interactive Bourne-like shell",
  description:
    "Hands over to the program that HAB_SUP_BINARY names, else to the installed package chef/hab-sup, which brings the shell.",
  examples: [{ command: "hab sup sh", explains: "a shell with the Supervisor's tools" }],
  args: { words: argumentList({ value: "ARGS", help: "Arguments of the shell", optional: true }) },
  run({ args, env }) {
    return becomeTool("sup sh", ["sh", ...args.words], env);
  },
});
