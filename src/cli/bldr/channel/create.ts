// `hab bldr channel create` (reference/cli.md §10.1).
import { clientErrors } from "../../../depot-client/index.ts";
import { HabError } from "../../../error/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Create a channel of an origin",
  examples: [
    { command: "hab bldr channel create testing -o acme", explains: "a place between unstable and stable" },
  ],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    ui.status("Creating", `channel ${args.channel}.`);
    const created = await depot.createChannel(origin, args.channel, signal);
    if (!created)
      throw new HabError(clientErrors.conflict, `the origin ${origin} has a channel ${args.channel} already`);
    ui.status("Created", `channel ${args.channel}.`);
    if (json) printJson({ origin, channel: args.channel });
  },
});
