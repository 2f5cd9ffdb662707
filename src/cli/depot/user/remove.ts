// `hab depot user remove`.
import { argument, defineCommand } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Remove an account of a depot, with its tokens and memberships",
  description:
    "An account that owns origins stays: transfer or delete them first. What it did stays in the audit.",
  examples: [{ command: "hab depot user remove alice", explains: "her tokens end at once" }],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, ui, json, printJson } = context;
    const { removeAccount } = await import("../../../depot/index.ts");
    await removeAccount(placeOf(context), args.name);
    ui.end(`Removed account ${args.name}`);
    if (json) printJson({ name: args.name, removed: true });
  },
});
