// `hab depot token create`.
import { argument, defineCommand, option } from "../../command.ts";
import { integer } from "../../values.ts";
import { placeOf, placeOptions } from "../place-options.ts";

const SECONDS_PER_DAY = 86_400;

export const command = defineCommand({
  summary: "Create an access token for an account of a depot of this machine",
  description:
    "Acts on what the depot keeps, whether it runs or not. The token alone is written to standard output, once: " +
    "the depot keeps only its hash.",
  examples: [
    {
      command: 'export HAB_AUTH_TOKEN="$(hab depot token create alice)"',
      explains: "make a token and use it",
    },
    { command: "hab depot token create ci --label build --days 90", explains: "one that ends by itself" },
  ],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: {
    ...placeOptions(),
    label: option({ long: "label", help: "What the token is for", default: "command" }),
    days: option({ long: "days", help: "Days until it expires (default: never)", type: integer(36_500) }),
  },
  json: true,
  async run(context) {
    const { args, options, stdout, json, printJson } = context;
    const { createToken } = await import("../../../depot/index.ts");
    const { token, ...rest } = await createToken(placeOf(context), args.name, {
      label: options.label,
      ...(options.days !== undefined && { expiresInSeconds: options.days * SECONDS_PER_DAY }),
    });
    if (json) printJson({ ...rest, token: token.reveal() });
    else stdout.write(`${token.reveal()}\n`);
  },
});
