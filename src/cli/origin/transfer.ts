// `hab origin transfer` (reference/cli.md §10.6).
import { argument, defineCommand } from "../command.ts";
import { accountName, originName } from "../values.ts";
import { changeOrigin, changesOrigin } from "./change.ts";

export const command = defineCommand({
  ...changesOrigin(),
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
  run(context) {
    const { origin, account } = context.args;
    return changeOrigin(context, {
      verbs: ["Transferring", "Transferred"],
      what: `ownership of origin ${origin} to ${account}.`,
      hints: {
        403: {
          next: `Only the owner may hand an origin over, and only to a member: hab origin invitations send ${origin} ${account}`,
        },
        404: { next: `Check the spelling: the depot knows no account ${account}, or no origin ${origin}.` },
        422: { next: "The origin is yours already: name another member." },
      },
      change: (depot, signal) => depot.transferOrigin(origin, account, signal),
      result: { origin, owner: account },
    });
  },
});
