// `hab origin invitations list` (reference/cli.md §10.6).
import { defineCommand } from "../../command.ts";
import { depotWithToken } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { urlOption } from "../../shared-options.ts";
import { formatInvitations } from "../invitation-table.ts";

export const command = defineCommand({
  summary: "List the invitations to your account",
  examples: [{ command: "hab origin invitations list --json", explains: "for a script" }],
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { ui, stdout, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    ui.status("Discovering", "origin invitations.");
    const invitations = await depot.ownInvitations(signal);
    if (json) {
      printJson({ invitations });
      return;
    }
    stdout.write(`Your Origin Invitations Inbox [${invitations.length}]:\n`);
    stdout.write(formatInvitations(invitations, { withOrigin: true }));
  },
});
