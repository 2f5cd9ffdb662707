// `hab origin invitations ignore` (reference/cli.md §10.6).
import { argument, defineCommand } from "../../command.ts";
import { depotWithToken } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { authOption, urlOption } from "../../shared-options.ts";
import { bigInteger, originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Put an invitation aside without accepting it",
  examples: [
    {
      command: "hab origin invitations ignore acme 1362026505466331136",
      explains: "it is no longer in your list",
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
    ui.status("Ignoring", `invitation ${invitation} to origin ${origin}.`);
    await withHints(
      {
        404: { next: "See the ids of your invitations: hab origin invitations list" },
        422: { next: "See the ids of your invitations: hab origin invitations list" },
      },
      depot.ignoreInvitation(origin, invitation, signal),
    );
    ui.status("Ignored", `invitation ${invitation} to origin ${origin}.`);
    // An id has 64 bits: as text, as the depot writes it.
    if (json) printJson({ origin, invitation: invitation.toString(), ignored: true });
  },
});
