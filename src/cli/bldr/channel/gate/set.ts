// `hab bldr channel gate set`.
import { MEMBER_ROLES } from "../../../../depot-client/index.ts";
import { argument, defineCommand, flag, option, optionList } from "../../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../../depot-access.ts";
import { authOption } from "../../../secret-option.ts";
import { originOption } from "../../../shared-options.ts";
import { accountName, choice, integer } from "../../../values.ts";
import { gateText } from "./gate-text.ts";

export const command = defineCommand({
  summary: "Let promotions to a channel take effect only with approvals",
  description: "For administrators of the origin. Replaces the gate the channel has.",
  examples: [
    {
      command: "hab bldr channel gate set stable -o acme --approvals 2 --role maintainer",
      explains: "two maintainers, or whoever may do more; not the one who asks",
    },
    {
      command: "hab bldr channel gate set stable -o acme --account alice --account bob",
      explains: "one of two people",
    },
  ],
  args: { channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }) },
  options: {
    approvals: option({
      long: "approvals",
      value: "NUMBER",
      help: "How many different people must approve",
      default: "1",
      type: integer(20),
    }),
    accounts: optionList({
      long: "account",
      value: "ACCOUNT",
      values: "one",
      help: "A member who may approve (repeat for more)",
      type: accountName,
    }),
    roles: optionList({
      long: "role",
      value: "ROLE",
      values: "one",
      help: "Members of this role and above may approve",
      type: choice(...MEMBER_ROLES),
    }),
    own: flag({ long: "allow-own", help: "Who asks may approve too" }),
    hours: option({
      long: "expires-after",
      value: "HOURS",
      help: "Requests expire after this time (default: a week)",
      type: integer(8760),
    }),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const words = {
      approvals: options.approvals,
      accounts: options.accounts,
      roles: options.roles,
      own: options.own,
      expiresAfterHours: options.hours,
    };
    const gate = await depot.setChannelGate(origin, args.channel, words, signal);
    if (json) printJson(gate);
    ui.info(gateText(gate));
  },
});
