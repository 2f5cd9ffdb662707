// `hab bldr webhook create`.
import { argument, defineCommand, optionList } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { absoluteUrl, choice } from "../../values.ts";

export const command = defineCommand({
  summary: "Create a webhook: the depot tells an address what happens in an origin",
  description:
    "For administrators of the origin. Prints the secret that signs what is sent; it is shown only now.",
  examples: [
    {
      command:
        "hab bldr webhook create https://ci.example.com/hab -o acme --event promotion --event decision",
      explains: "for a job that follows promotions",
    },
  ],
  args: { address: argument({ value: "ADDRESS", help: "https address to send to", type: absoluteUrl }) },
  options: {
    events: optionList({
      long: "event",
      value: "EVENT",
      values: "one",
      help: "What to tell (repeat for more; default: all)",
      type: choice("upload", "promotion", "demotion", "request", "decision", "rollback"),
    }),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const hook = await depot.createWebhook(origin, args.address, options.events, signal);
    if (json) {
      printJson(hook);
      return;
    }
    ui.status("Created", `webhook ${hook.id} of ${origin}. Its secret, shown only now:`);
    stdout.write(`${hook.secret}\n`);
  },
});
