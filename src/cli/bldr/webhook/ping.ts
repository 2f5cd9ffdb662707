// `hab bldr webhook ping`.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { hookArgument } from "./hook-argument.ts";

export const command = defineCommand({
  summary: "Send something to a webhook that tells of nothing, to try it out",
  examples: [
    {
      command: "hab bldr webhook ping 3240000000000000000 -o acme",
      explains: "then see: hab bldr webhook deliveries",
    },
  ],
  args: { webhook: hookArgument() },
  options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const delivery = await depot.pingWebhook(origin, args.webhook, signal);
    ui.info(
      `It will be sent as delivery ${delivery}: hab bldr webhook deliveries ${args.webhook} -o ${origin}`,
    );
    if (json) printJson({ origin, webhook: args.webhook, delivery });
  },
});
