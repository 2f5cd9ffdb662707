// `hab depot user disable`.
import { argument, defineCommand } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Let nobody in as an account of a depot, and keep all that is its",
  description:
    "Its sessions end at once, and its tokens are out of use until the account is enabled again. Its origins, memberships " +
    "and packages stay.",
  examples: [
    { command: "hab depot user disable alice", explains: "back again with: hab depot user enable alice" },
  ],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, ui, json, printJson } = context;
    const { disableAccount } = await import("../../../depot/index.ts");
    await disableAccount(placeOf(context), args.name);
    ui.end(`Disabled account ${args.name}`);
    if (json) printJson({ name: args.name, disabled: true });
  },
});
