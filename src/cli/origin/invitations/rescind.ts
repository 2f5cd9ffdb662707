// `hab origin invitations rescind` (reference/cli.md §10.6).
import { invitationCommand } from "../invitation-command.ts";

export const command = invitationCommand({
  summary: "Take back an invitation that is not accepted yet",
  example: {
    command: "hab origin invitations rescind acme 1362026505466331136",
    explains: "the id is in hab origin invitations pending acme",
  },
  verbs: ["Rescinding", "Rescinded"],
  outcome: "rescinded",
  hints: (origin) => ({
    403: { next: "Ask a maintainer of the origin, or have your account given that role." },
    404: { next: `See the ids of open invitations: hab origin invitations pending ${origin}` },
  }),
  change: (depot, origin, invitation, signal) => depot.rescindInvitation(origin, invitation, signal),
});
