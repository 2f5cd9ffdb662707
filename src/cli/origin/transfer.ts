// `hab origin transfer` (reference/cli.md §10.6).
import { argument, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { accountName, originName } from "../values.ts";

export const command = defineCommand({
  summary: "Hand an origin over to another of its members",
  description: "You stay a member, as maintainer.",
  examples: [{ command: "hab origin transfer acme bob", explains: "bob becomes the owner" }],
  args: {
    origin: argument({ value: "ORIGIN", help: "Origin to hand over", type: originName }),
    account: argument({
      value: "NEW_OWNER_ACCOUNT",
      help: "Account of the member who becomes the owner",
      type: accountName,
    }),
  },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { origin, account } = args;
    const depot = await depotWithToken(context);
    ui.status("Transferring", `ownership of origin ${origin} to ${account}.`);
    await withHints(
      {
        403: {
          next: `Only the owner may hand an origin over, and only to a member: hab origin invitations send ${origin} ${account}`,
        },
        404: { next: `Check the spelling: the depot knows no account ${account}, or no origin ${origin}.` },
        422: { next: "The origin is yours already: name another member." },
      },
      depot.transferOrigin(origin, account, signal),
    );
    ui.status("Transferred", `ownership of origin ${origin} to ${account}.`);
    if (json) printJson({ origin, owner: account });
  },
});
