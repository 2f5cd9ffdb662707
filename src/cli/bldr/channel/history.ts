// `hab bldr channel history`: what became of a channel.
import type { ChannelHistoryEntry } from "../../../depot-client/index.ts";
import { argument } from "../../command.ts";
import { listingCommand } from "../listing-command.ts";

export const command = listingCommand({
  summary: "Show every change of a channel: who, when, what, from where",
  description:
    "The first column is the state that a change made, for `hab bldr channel rollback` and `compare`.",
  examples: [{ command: "hab bldr channel history stable -o acme", explains: "the newest first" }],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  items: "changes",
  header: ["STATE", "AT", "BY", "FROM", "WHAT", "PACKAGES"],
  ask: (depot, origin, { channel }, limit, signal) => depot.channelHistory(origin, channel, limit, signal),
  row: (change) => [
    String(change.id),
    change.at,
    change.account === "" ? "-" : change.account,
    change.source_address === "" ? change.trigger : change.source_address,
    whatOf(change),
    packagesOf(change),
  ],
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
