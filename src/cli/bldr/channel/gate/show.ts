// `hab bldr channel gate show`.
import { printableLine } from "../../../../ui/index.ts";
import { argument, defineCommand } from "../../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../../depot-access.ts";
import { authOption } from "../../../secret-option.ts";
import { originOption } from "../../../shared-options.ts";
import { gateText } from "./gate-text.ts";

export const command = defineCommand({
  summary: "Show what a channel demands before a promotion takes effect",
  examples: [
    { command: "hab bldr channel gate show stable -o acme", explains: "how many approvals, of whom" },
  ],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const gate = await depot.channelGate(origin, args.channel, signal);
    if (json) printJson({ origin, channel: args.channel, gate: gate ?? null });
    else
      stdout.write(
        `${printableLine(gate === undefined ? `Promotions to ${args.channel} take effect at once.` : gateText(gate))}\n`,
      );
  },
});
