// What `hab bldr webhook enable` and `disable` have in common.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { hookArgument } from "./hook-argument.ts";

interface SwitchCommand {
  readonly active: boolean;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
}

export function switchCommand({ active, summary, description, examples }: SwitchCommand) {
  return defineCommand({
    summary,
    description,
    examples,
    args: { webhook: hookArgument() },
    options: { url: channelUrlOption(), origin: originOption(), auth: authOption() },
    json: true,
    helpIfBare: true,
    async run(context) {
      const { args, options, configuration, ui, json, printJson, signal } = context;
      const origin = await configuration.origin(options.origin);
      const depot = await depotWithTokenAt(context);
      const hook = await depot.changeWebhook(origin, args.webhook, { active }, signal);
      ui.end(`${active ? "Enabled" : "Disabled"} webhook ${hook.id}, which goes to ${hook.url}`);
      if (json) printJson(hook);
    },
  });
}
