// `hab bldr channel reject`.
import { decisionCommand } from "./decision-command.ts";

export const command = decisionCommand({
  decision: "reject",
  done: "Rejected",
  summary: "Reject a request for a promotion",
  description: "One rejection ends the request.",
  examples: [
    {
      command: 'hab bldr channel reject 3240000000000000000 -o acme --comment "breaks the login"',
      explains: "with the reason",
    },
  ],
});
