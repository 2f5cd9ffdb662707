// `hab origin invitations rescind` (reference/cli.md §10.6).
import { argument, defineCommand } from "../../command.ts";
import { depotWithToken } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { authOption, urlOption } from "../../shared-options.ts";
import { bigInteger, originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Take back an invitation that is not accepted yet",
  examples: [
    {
      command: "hab origin invitations rescind acme 1362026505466331136",
      explains: "the id is in hab origin invitations pending acme",
    },
  ],
  args: {
    origin: argument({ value: "ORIGIN", help: "Origin of the invitation", type: originName }),
    invitation: argument({
      value: "INVITATION_ID",
      help: "Id of the invitation, as the lists show it",
      type: bigInteger(),
    }),
  },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { origin, invitation } = args;
    const depot = await depotWithToken(context);
    ui.status("Rescinding", `invitation ${invitation} to origin ${origin}.`);
    await withHints(
      {
        403: { next: "Ask a maintainer of the origin, or have your account given that role." },
        404: { next: `See the ids of open invitations: hab origin invitations pending ${origin}` },
      },
      depot.rescindInvitation(origin, invitation, signal),
    );
    ui.status("Rescinded", `invitation ${invitation} to origin ${origin}.`);
    // An id has 64 bits: as text, as the depot writes it.
    if (json) printJson({ origin, invitation: invitation.toString(), rescinded: true });
  },
});
