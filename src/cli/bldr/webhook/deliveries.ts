// `hab bldr webhook deliveries`.
import { formatTable } from "../../../ui/index.ts";
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { limitOption } from "../channel/request-text.ts";
import { hookArgument } from "./hook-argument.ts";

export const command = defineCommand({
  summary: "List what was sent to a webhook, and what waits",
  examples: [
    { command: "hab bldr webhook deliveries 3240000000000000000 -o acme", explains: "the newest first" },
  ],
  args: { webhook: hookArgument() },
  options: {
    limit: limitOption("deliveries"),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const { items, total } = await depot.webhookDeliveries(origin, args.webhook, options.limit, signal);
    if (json) {
      printJson({ origin, webhook: args.webhook, total, deliveries: items });
      return;
    }
    stdout.write(
      formatTable([
        ["DELIVERY", "EVENT", "STATE", "TRIES", "AT", "NEXT", "ERROR"],
        ...items.map((each) => [
          each.id,
          each.event,
          each.state,
          String(each.attempts),
          each.created_at,
          each.due_at ?? "-",
          each.error === "" ? "-" : each.error,
        ]),
      ]),
    );
    if (total > items.length) stdout.write(`… ${total} in all (--limit)\n`);
  },
});
