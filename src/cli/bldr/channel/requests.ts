// `hab bldr channel requests`: promotions that wait for approvals, and those that did.
import { defineCommand, flag, option } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { choice } from "../../values.ts";
import { formatRequests, limitOption } from "./request-text.ts";

export const command = defineCommand({
  summary: "List requests for promotions into channels with a gate",
  examples: [
    { command: "hab bldr channel requests -o acme", explains: "what waits for approvals" },
    { command: "hab bldr channel requests -o acme --all --channel stable", explains: "what became of each" },
  ],
  options: {
    channel: option({ short: "c", long: "channel", value: "CHANNEL", help: "Only those for this channel" }),
    state: option({
      long: "state",
      value: "STATE",
      help: "Only those in this state",
      default: "open",
      type: choice("open", "approved", "rejected", "withdrawn", "expired", "failed"),
    }),
    all: flag({ long: "all", help: "Those in every state" }),
    limit: limitOption("requests"),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  async run(context) {
    const { options, configuration, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const filter = {
      ...(!options.all && { state: options.state }),
      ...(options.channel !== undefined && { channel: options.channel }),
    };
    const listed = await depot.promotionRequests(origin, filter, options.limit, signal);
    if (json) printJson({ origin, total: listed.total, requests: listed.items });
    else stdout.write(formatRequests(listed));
  },
});
