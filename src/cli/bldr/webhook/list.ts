// `hab bldr webhook list`.
import { formatTable } from "../../../ui/index.ts";
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { limitOption } from "../channel/request-text.ts";

export const command = defineCommand({
  summary: "List the webhooks of an origin",
  examples: [{ command: "hab bldr webhook list -o acme", explains: "where to, and what of" }],
  options: {
    limit: limitOption("webhooks"),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  async run(context) {
    const { options, configuration, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const { items, total } = await depot.webhooks(origin, options.limit, signal);
    if (json) {
      printJson({ origin, total, webhooks: items });
      return;
    }
    stdout.write(
      formatTable([
        ["WEBHOOK", "ACTIVE", "URL", "EVENTS"],
        ...items.map(({ id, active, url, events }) => [id, active ? "yes" : "no", url, events.join(" ")]),
      ]),
    );
  },
});
