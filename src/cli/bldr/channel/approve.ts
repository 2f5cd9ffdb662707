// `hab bldr channel approve`.
import { decisionCommand } from "./decision-command.ts";

export const command = decisionCommand({
  decision: "approve",
  done: "Approved",
  summary: "Approve a request for a promotion",
  description:
    "With the last approval that the channel's gate demands, the promotion takes effect, with exactly the packages that were asked for.",
  examples: [
    {
      command: "hab bldr channel approve 3240000000000000000 -o acme",
      explains: "you have looked at what is asked for",
    },
  ],
});
