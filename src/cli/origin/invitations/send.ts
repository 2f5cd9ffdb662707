// `hab origin invitations send` (reference/cli.md §10.6).
import { argument, defineCommand } from "../../command.ts";
import { depotWithToken } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { authOption } from "../../secret-option.ts";
import { urlOption } from "../../shared-options.ts";
import { accountName, originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Invite an account to become a member of an origin",
  examples: [{ command: "hab origin invitations send acme bob", explains: "bob sees it in his list" }],
  args: {
    origin: argument({ value: "ORIGIN", help: "Origin to invite to", type: originName }),
    account: argument({ value: "INVITEE_ACCOUNT", help: "Account to invite", type: accountName }),
  },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { origin, account } = args;
    const depot = await depotWithToken(context);
    ui.status("Sending", `invitation to origin ${origin} to ${account}.`);
    await withHints(
      {
        403: { next: "Ask a maintainer of the origin, or have your account given that role." },
        404: { next: `Check the spelling: the depot knows no account ${account}, or no origin ${origin}.` },
        409: { next: `${account} is invited already: hab origin invitations pending ${origin}` },
      },
      depot.sendInvitation(origin, account, signal),
    );
    ui.status("Sent", `invitation to origin ${origin} to ${account}.`);
    if (json) printJson({ origin, account, sent: true });
  },
});
