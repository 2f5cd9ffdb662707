// `hab bldr channel withdraw`.
import { decisionCommand } from "./decision-command.ts";

export const command = decisionCommand({
  decision: "withdraw",
  done: "Withdrew",
  summary: "Withdraw a request for a promotion",
  description: "For who asked, and for administrators of the origin.",
  examples: [
    {
      command: "hab bldr channel withdraw 3240000000000000000 -o acme",
      explains: "it is not needed any more",
    },
  ],
});
