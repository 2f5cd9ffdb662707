// `hab bldr webhook list`.
import { listingCommand } from "../listing-command.ts";

export const command = listingCommand({
  summary: "List the webhooks of an origin",
  examples: [{ command: "hab bldr webhook list -o acme", explains: "where to, and what of" }],
  args: {},
  items: "webhooks",
  header: ["WEBHOOK", "ACTIVE", "URL", "EVENTS"],
  ask: (depot, origin, _args, limit, signal) => depot.webhooks(origin, limit, signal),
  row: ({ id, active, url, events }) => [id, active ? "yes" : "no", url, events.join(" ")],
});
