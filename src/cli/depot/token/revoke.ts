// `hab depot token revoke`.
import { argument, defineCommand } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "Revoke an access token of a depot",
  examples: [{ command: "hab depot token revoke 1234567890", explains: "ids: hab depot token list" }],
  args: { id: argument({ value: "ID", help: "Id of the token" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, ui, json, printJson } = context;
    const { revokeToken } = await import("../../../depot/index.ts");
    await revokeToken(placeOf(context), args.id);
    ui.end(`Revoked token ${args.id}`);
    if (json) printJson({ id: args.id, revoked: true });
  },
});
