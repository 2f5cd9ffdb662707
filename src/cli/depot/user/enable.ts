// `hab depot user enable`.
import { argument, defineCommand } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Let people in again as an account that was disabled",
  description: "Its tokens are valid again as they were; sessions begin anew.",
  examples: [{ command: "hab depot user enable alice", explains: "after hab depot user disable alice" }],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, ui, json, printJson } = context;
    const { enableAccount } = await import("../../../depot/index.ts");
    await enableAccount(placeOf(context), args.name);
    ui.end(`Enabled account ${args.name}`);
    if (json) printJson({ name: args.name, disabled: false });
  },
});
