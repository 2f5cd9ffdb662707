// `hab sup secret generate` (reference/cli.md §10.11).
import { newCtlSecret } from "../../../supervisor/index.ts";
import { defineCommand } from "../../command.ts";

export const command = defineCommand({
  summary: "Print a new secret for the control gateway",
  description:
    "Put it into CTL_SECRET of the Supervisor and into ctl_secret of cli.toml where commands are typed.",
  examples: [
    { command: "hab sup secret generate > /hab/sup/default/CTL_SECRET", explains: "before the start" },
  ],
  json: true,
  hasVersion: false,
  async run({ stdout, json, printJson }) {
    const secret = await newCtlSecret();
    if (json) printJson({ secret });
    else stdout.write(`${secret}\n`);
  },
});
