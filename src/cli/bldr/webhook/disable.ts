// `hab bldr webhook disable`.
import { switchCommand } from "./switch-command.ts";

export const command = switchCommand({
  active: false,
  summary: "Switch a webhook off, and keep it with its secret",
  description:
    "It is told nothing that happens from now on. What waits to be sent already still is; see `deliveries`.",
  examples: [
    { command: "hab bldr webhook disable 3240000000000000000 -o acme", explains: "the receiver is moving" },
  ],
});
