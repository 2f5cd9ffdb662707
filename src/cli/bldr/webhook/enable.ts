// `hab bldr webhook enable`.
import { switchCommand } from "./switch-command.ts";

export const command = switchCommand({
  active: true,
  summary: "Switch a webhook on again",
  description: "It is told what happens from now on, not what happened while it was off.",
  examples: [
    { command: "hab bldr webhook enable 3240000000000000000 -o acme", explains: "the receiver is back" },
  ],
});
