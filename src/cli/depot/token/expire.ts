// `hab depot token expire`.
import { argument, defineCommand, option } from "../../command.ts";
import { integer } from "../../values.ts";
import { placeOf, placeOptions } from "../place-options.ts";

const SECONDS_PER_DAY = 86_400;

export const command = defineCommand({
  summary: "Set when an access token of a depot ends",
  description:
    "For replacing a token without a gap: make the new one, and let the old one end some days later.",
  examples: [{ command: "hab depot token expire 1234567890 --days 7", explains: "it ends in a week" }],
  args: { id: argument({ value: "ID", help: "Id of the token" }) },
  options: {
    ...placeOptions(),
    days: option({ long: "days", help: "Days from now", default: "0", type: integer(36_500) }),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson } = context;
    const { expireToken } = await import("../../../depot/index.ts");
    const expiresAt = await expireToken(placeOf(context), args.id, options.days * SECONDS_PER_DAY);
    ui.end(`Token ${args.id} ends ${expiresAt}.`);
    if (json) printJson({ id: args.id, expiresAt });
  },
});
