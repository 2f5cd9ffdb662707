// `hab origin invitations send` (reference/cli.md §10.6).
import { argument, defineCommand } from "../../command.ts";
import { accountName, originName } from "../../values.ts";
import { changeOrigin, changesOrigin } from "../change.ts";

export const command = defineCommand({
  ...changesOrigin(),
  summary: "Invite an account to become a member of an origin",
  examples: [{ command: "hab origin invitations send acme bob", explains: "bob sees it in his list" }],
  args: {
    origin: argument({ value: "ORIGIN", help: "Origin to invite to", type: originName }),
    account: argument({ value: "INVITEE_ACCOUNT", help: "Account to invite", type: accountName }),
  },
  run(context) {
    const { origin, account } = context.args;
    return changeOrigin(context, {
      verbs: ["Sending", "Sent"],
      what: `invitation to origin ${origin} to ${account}.`,
      hints: {
        403: { next: "Ask a maintainer of the origin, or have your account given that role." },
        404: { next: `Check the spelling: the depot knows no account ${account}, or no origin ${origin}.` },
        409: { next: `${account} is invited already: hab origin invitations pending ${origin}` },
      },
      change: (depot, signal) => depot.sendInvitation(origin, account, signal),
      result: { origin, account, sent: true },
    });
  },
});
