// `hab bldr channel promote` (reference/cli.md §10.1).
import { argument, defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Promote all packages of a channel to another",
  description: "All of them change together or none does.",
  examples: [
    { command: "hab bldr channel promote testing stable -o acme", explains: "release what has been tested" },
  ],
  args: {
    source: argument({
      value: "SOURCE_CHANNEL",
      completes: "channel",
      help: "Channel whose packages are meant",
    }),
    target: argument({ value: "TARGET_CHANNEL", completes: "channel", help: "Channel they are promoted to" }),
  },
  options: { auth: authOption(), url: channelUrlOption(), origin: originOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const what = `packages of channel ${args.source} to ${args.target}.`;
    ui.status("Promoting", what);
    await depot.promoteChannel({ origin, source: args.source, target: args.target, signal });
    ui.status("Promoted", what);
    if (json) printJson({ origin, source: args.source, target: args.target });
  },
});
