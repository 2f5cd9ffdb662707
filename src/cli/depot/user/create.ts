// `hab depot user create`.
import { argument, defineCommand, option } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Create an account on a depot of this machine",
  description: "Acts on what the depot keeps, whether it runs or not.",
  examples: [{ command: "hab depot user create alice", explains: "then: hab depot token create alice" }],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: {
    ...placeOptions(),
    email: option({ long: "email", help: "Electronic mail address of its owner", default: "" }),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const { createAccount } = await import("../../../depot/index.ts");
    ui.status("Creating", `account ${args.name}.`);
    const account = await createAccount(placeOf(context), args.name, options.email);
    ui.status("Created", `account ${args.name}.`);
    if (json) printJson(account);
  },
});
