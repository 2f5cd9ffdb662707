// `hab bldr webhook delete`.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { hookArgument } from "./hook-argument.ts";

export const command = defineCommand({
  summary: "Delete a webhook, with what was not sent yet",
  examples: [
    { command: "hab bldr webhook delete 3240000000000000000 -o acme", explains: "nothing more is sent" },
  ],
  args: { webhook: hookArgument() },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    await depot.deleteWebhook(origin, args.webhook, signal);
    ui.status("Deleted", `webhook ${args.webhook}.`);
    if (json) printJson({ origin, webhook: args.webhook });
  },
});
