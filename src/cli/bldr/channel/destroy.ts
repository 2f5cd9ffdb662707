// `hab bldr channel destroy` (reference/cli.md §10.1).
import { argument, defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Destroy a channel of an origin; its packages stay in the depot",
  examples: [
    { command: "hab bldr channel destroy testing -o acme", explains: "a channel nobody needs any more" },
  ],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    ui.status("Deleting", `channel ${args.channel}.`);
    await depot.destroyChannel(origin, args.channel, signal);
    ui.status("Deleted", `channel ${args.channel}.`);
    if (json) printJson({ origin, channel: args.channel });
  },
});
