// `hab depot user list`.
import { defineCommand } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "List the accounts of a depot",
  examples: [{ command: "hab depot user list", explains: "name, address, ways in and origins of each" }],
  options: placeOptions(),
  json: true,
  async run(context) {
    const { stdout, json, printJson } = context;
    const { listAccounts } = await import("../../../depot/index.ts");
    const accounts = await listAccounts(placeOf(context));
    if (json) printJson({ accounts });
    else
      for (const { name, email, tokens, origins, hasPassword, disabled } of accounts) {
        const ways = [
          `${tokens} tokens`,
          ...(hasPassword ? ["password"] : []),
          ...(disabled ? ["disabled"] : []),
        ];
        stdout.write(`${[name, email || "-", ways.join(", "), origins.join(",") || "-"].join("\t")}\n`);
      }
  },
});
