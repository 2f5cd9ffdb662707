// `hab origin invitations accept` (reference/cli.md §10.6).
import { invitationCommand } from "../invitation-command.ts";

export const command = invitationCommand({
  summary: "Accept an invitation and become a member of the origin",
  example: {
    command: "hab origin invitations accept acme 1362026505466331136",
    explains: "the id is in hab origin invitations list",
  },
  verbs: ["Accepting", "Accepted"],
  outcome: "accepted",
  hints: () => ({
    404: { next: "See the ids of your invitations: hab origin invitations list" },
    422: { next: "See the ids of your invitations: hab origin invitations list" },
  }),
  change: (depot, origin, invitation, signal) => depot.acceptInvitation(origin, invitation, signal),
});
