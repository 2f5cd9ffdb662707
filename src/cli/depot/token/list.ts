// `hab depot token list`.
import { defineCommand, optionalArgument } from "../../command.ts";
import { placeOf, placeOptions } from "../place-options.ts";

export const command = defineCommand({
  summary: "List the access tokens of a depot",
  description:
    "Their ids and what they are for; the tokens themselves are nowhere, the depot keeps only hashes.",
  examples: [
    { command: "hab depot token list", explains: "of all accounts" },
    { command: "hab depot token list ci", explains: "of one" },
  ],
  args: { name: optionalArgument({ value: "NAME", help: "Name of an account" }) },
  options: placeOptions(),
  json: true,
  async run(context) {
    const { args, stdout, json, printJson } = context;
    const { listTokens } = await import("../../../depot/index.ts");
    const tokens = await listTokens(placeOf(context), args.name);
    if (json) printJson({ tokens });
    else
      for (const { id, account, label, createdAt, expiresAt, expired } of tokens)
        stdout.write(
          `${[id, account, label, createdAt, expired ? "expired" : (expiresAt ?? "never ends")].join("\t")}\n`,
        );
  },
});
