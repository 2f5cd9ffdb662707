// `hab bldr channel gate clear`.
import { argument, defineCommand } from "../../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../../depot-access.ts";
import { authOption } from "../../../secret-option.ts";
import { originOption } from "../../../shared-options.ts";

export const command = defineCommand({
  summary: "Let promotions to a channel take effect at once again",
  description: "For administrators of the origin. Open requests for the channel are withdrawn.",
  examples: [{ command: "hab bldr channel gate clear stable -o acme", explains: "no approvals any more" }],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const removed = await depot.clearChannelGate(origin, args.channel, signal);
    if (json) printJson({ origin, channel: args.channel, removed });
    ui.info(
      removed
        ? `Promotions to ${args.channel} take effect at once.`
        : `The channel ${args.channel} had no gate.`,
    );
  },
});
