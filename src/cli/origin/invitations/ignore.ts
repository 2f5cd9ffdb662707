// `hab origin invitations ignore` (reference/cli.md §10.6).
import { invitationCommand } from "../invitation-command.ts";

export const command = invitationCommand({
  summary: "Put an invitation aside without accepting it",
  example: {
    command: "hab origin invitations ignore acme 1362026505466331136",
    explains: "it is no longer in your list",
  },
  verbs: ["Ignoring", "Ignored"],
  outcome: "ignored",
  hints: () => ({
    404: { next: "See the ids of your invitations: hab origin invitations list" },
    422: { next: "See the ids of your invitations: hab origin invitations list" },
  }),
  change: (depot, origin, invitation, signal) => depot.ignoreInvitation(origin, invitation, signal),
});
