// `hab depot token import`.
import { Secret } from "../../../crypto/index.ts";
import { argument, defineCommand, usageProblem } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Take over an access token that an original depot made, so that its holder goes on using it",
  description:
    "Reads the token from standard input. The key of that depot (bldr-….box.key) must lie in the directory `keys` of this " +
    "depot's data. What the token may do is decided by the roles of the account here.",
  examples: [
    { command: "hab depot token import alice < token", explains: "a file that only its owner may read" },
  ],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, readLine, ui, json, printJson } = context;
    const token = (await readLine())?.trim() ?? "";
    if (token === "") throw usageProblem("there is no token on standard input");
    const { importToken } = await import("../../../depot/index.ts");
    const imported = await importToken(placeOf(context), args.name, new Secret(token));
    ui.status("Created", `token ${imported.id} of ${imported.account}.`);
    if (json) printJson(imported);
  },
});
