// `hab bldr webhook deliveries`.
import { listingCommand } from "../listing-command.ts";
import { hookArgument } from "./hook-argument.ts";

export const command = listingCommand({
  summary: "List what was sent to a webhook, and what waits",
  examples: [
    { command: "hab bldr webhook deliveries 3240000000000000000 -o acme", explains: "the newest first" },
  ],
  args: { webhook: hookArgument() },
  items: "deliveries",
  header: ["DELIVERY", "EVENT", "STATE", "TRIES", "AT", "NEXT", "ERROR"],
  ask: (depot, origin, { webhook }, limit, signal) => depot.webhookDeliveries(origin, webhook, limit, signal),
  row: ({ id, event, state, attempts, created_at, due_at, error }) => [
    id,
    event,
    state,
    String(attempts),
    created_at,
    due_at ?? "-",
    error === "" ? "-" : error,
  ],
});
