// `hab depot token create`.
import { argument, defineCommand, option, optionList } from "../../command.ts";
import { choice, integer, originName } from "../../values.ts";
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
    {
      command: "hab depot token create ci --origin acme --may upload --may promote",
      explains: "one that can do nothing else than read, upload and promote in one origin",
    },
  ],
  args: { name: argument({ value: "NAME", help: "Name of the account" }) },
  options: {
    ...placeOptions(),
    label: option({ long: "label", help: "What the token is for", default: "command" }),
    days: option({ long: "days", help: "Days until it expires (default: never)", type: integer(36_500) }),
    origins: optionList({
      long: "origin",
      help: "Limit it to this origin; may be given again",
      values: "one",
      repeatable: true,
      type: originName,
    }),
    verbs: optionList({
      long: "may",
      value: "VERB",
      help: "Limit it to reading and this; may be given again",
      values: "one",
      repeatable: true,
      type: choice("upload", "promote", "manage"),
    }),
  },
  json: true,
  async run(context) {
    const { args, options, stdout, json, printJson } = context;
    const { createToken } = await import("../../../depot/index.ts");
    const { token, ...rest } = await createToken(placeOf(context), args.name, {
      label: options.label,
      ...(options.days !== undefined && { expiresInSeconds: options.days * SECONDS_PER_DAY }),
      scope: {
        origins: options.origins.length > 0 ? options.origins : undefined,
        verbs: options.verbs.length > 0 ? options.verbs : undefined,
      },
    });
    if (json) printJson({ ...rest, token: token.reveal() });
    else stdout.write(`${token.reveal()}\n`);
  },
});
