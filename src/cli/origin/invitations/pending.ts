// `hab origin invitations pending` (reference/cli.md §10.6).
import { argument, defineCommand } from "../../command.ts";
import { depotWithToken } from "../../depot-access.ts";
import { withHints } from "../../depot-hints.ts";
import { authOption } from "../../secret-option.ts";
import { urlOption } from "../../shared-options.ts";
import { originName } from "../../values.ts";
import { formatInvitations } from "../invitation-table.ts";

export const command = defineCommand({
  summary: "List the invitations to an origin that are not accepted yet",
  examples: [{ command: "hab origin invitations pending acme", explains: "also those put aside" }],
  args: { origin: argument({ value: "ORIGIN", help: "Origin whose invitations to list", type: originName }) },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, stdout, json, printJson, signal } = context;
    const { origin } = args;
    const depot = await depotWithToken(context);
    ui.status("Discovering", `invitations to origin ${origin}.`);
    const invitations = await withHints(
      { 403: { next: `Only members of ${origin} see its invitations: ask its owner to invite you.` } },
      depot.pendingInvitations(origin, signal),
    );
    if (json) {
      printJson({ origin, invitations });
      return;
    }
    stdout.write(`Pending Origin (${origin}) Member Invitations [${invitations.length}]:\n`);
    stdout.write(formatInvitations(invitations, { withOrigin: false }));
  },
});
