// `hab bldr channel history`: what became of a channel.
import type { ChannelHistoryEntry } from "../../../depot-client/index.ts";
import { formatTable } from "../../../ui/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { limitOption } from "./request-text.ts";

export const command = defineCommand({
  summary: "Show every change of a channel: who, when, what, from where",
  description:
    "The first column is the state that a change made, for `hab bldr channel rollback` and `compare`.",
  examples: [{ command: "hab bldr channel history stable -o acme", explains: "the newest first" }],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: {
    limit: limitOption("changes"),
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
    const { items, total } = await depot.channelHistory(origin, args.channel, options.limit, signal);
    if (json) {
      printJson({ origin, channel: args.channel, total, changes: items });
      return;
    }
    stdout.write(
      formatTable([
        ["STATE", "AT", "BY", "FROM", "WHAT", "PACKAGES"],
        ...items.map((each) => [
          String(each.id),
          each.at,
          each.account === "" ? "-" : each.account,
          each.source_address === "" ? each.trigger : each.source_address,
          whatOf(each),
          packagesOf(each),
        ]),
      ]),
    );
    if (total > items.length) stdout.write(`… ${total} in all (--limit)\n`);
  },
});

function whatOf({ action, from_channel, back_to, request_id }: ChannelHistoryEntry): string {
  return [
    action,
    ...(from_channel == null ? [] : [`of ${from_channel}`]),
    ...(back_to == null ? [] : [`to ${back_to}`]),
    ...(request_id == null ? [] : [`by request ${request_id}`]),
  ].join(" ");
}

/** One is named, more are counted. */
function packagesOf({ idents, added, removed }: ChannelHistoryEntry): string {
  const sign = removed === 0 ? "+" : added === 0 ? "-" : "±";
  if (idents.length === 1) return `${sign}${idents[0]}`;
  return [...(added > 0 ? [`+${added}`] : []), ...(removed > 0 ? [`-${removed}`] : [])].join(" ");
}
