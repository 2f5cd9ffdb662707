// `hab bldr channel rollback`: back to an earlier state of a channel.
import { printableLine } from "../../../ui/index.ts";
import { argument, defineCommand, flag, option } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { integer } from "../../values.ts";

export const command = defineCommand({
  summary: "Bring a channel back to an earlier state",
  description:
    "All of it changes together, as a change of its own that can be rolled back too. In a channel with a gate only its " +
    "approvers may do it, and need nobody else.",
  examples: [
    {
      command: "hab bldr channel rollback stable 41 -o acme --dry-run",
      explains: "see what it would change",
    },
    { command: "hab bldr channel rollback stable 41 -o acme", explains: "do it" },
  ],
  args: {
    channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }),
    state: argument({
      value: "STATE",
      help: "State to go back to (hab bldr channel history)",
      type: integer(999_999_999),
    }),
  },
  options: {
    dryRun: flag({ long: "dry-run", help: "Say what would change, and change nothing" }),
    withoutGone: flag({
      long: "without-gone",
      help: "Go back as far as possible where packages of that state are no longer in the depot",
    }),
    expect: option({
      long: "expect",
      value: "STATE",
      help: "Only if the channel is in this state now",
      type: integer(),
    }),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const words = {
      to: args.state,
      dryRun: options.dryRun,
      withoutGone: options.withoutGone,
      expectedState: options.expect,
    };
    const found = await depot.rollBackChannel(origin, args.channel, words, signal);
    if (json) {
      printJson(found);
      return;
    }
    for (const [sign, releases] of [
      ["+", found.added],
      ["-", found.removed],
      ["gone:", found.gone],
    ] as const)
      for (const { ident, target } of releases)
        stdout.write(`${sign} ${printableLine(`${ident} (${target})`)}\n`);
    const what = `channel ${args.channel} from state ${found.state} to what it was in state ${args.state}`;
    if (options.dryRun) ui.info(`Would bring ${what}.`);
    else
      ui.info(
        `Brought channel ${args.channel} back to what it was in state ${args.state}; it is now in state ${found.state}.`,
      );
  },
});
