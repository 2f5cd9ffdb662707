// `hab bldr channel demote` (reference/cli.md §10.1).
import { argument, defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Take the packages of a channel out of another",
  description: "All of them change together or none does.",
  examples: [{ command: "hab bldr channel demote testing stable -o acme", explains: "undo it" }],
  args: {
    source: argument({
      value: "SOURCE_CHANNEL",
      completes: "channel",
      help: "Channel whose packages are meant",
    }),
    target: argument({
      value: "TARGET_CHANNEL",
      completes: "channel",
      help: "Channel they are taken out of",
    }),
  },
  options: { auth: authOption(), url: channelUrlOption(), origin: originOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const what = `packages of channel ${args.source} from ${args.target}.`;
    ui.status("Demoting", what);
    await depot.demoteChannel({ origin, source: args.source, target: args.target, signal });
    ui.status("Demoted", what);
    if (json) printJson({ origin, source: args.source, target: args.target });
  },
});
