// `hab bldr channel compare`: what two channels, or two states of one, do not have in common.
import { formatTable, printableLine } from "../../../ui/index.ts";
import { argument, defineCommand, option, optionalArgument } from "../../command.ts";
import { channelUrlOption, depotWithOptionalToken } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { integer } from "../../values.ts";

const state = (long: string, help: string) => option({ long, value: "STATE", help, type: integer() });

export const command = defineCommand({
  summary: "Compare two channels, or an earlier state of one",
  examples: [
    { command: "hab bldr channel compare testing stable -o acme", explains: "what a promotion would bring" },
    {
      command: "hab bldr channel compare stable --at 41 -o acme",
      explains: "what has changed since state 41",
    },
  ],
  args: {
    channel: argument({ value: "CHANNEL", completes: "channel", help: "Name of the channel" }),
    other: optionalArgument({
      value: "OTHER",
      completes: "channel",
      help: "Channel to compare it with (default: itself)",
    }),
  },
  options: {
    at: state("at", "This state of CHANNEL instead of the present one (hab bldr channel history)"),
    otherAt: state("other-at", "This state of OTHER"),
    url: channelUrlOption(),
    origin: originOption(),
    auth: authOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithOptionalToken(context);
    const query = {
      ...(args.other !== undefined && { with: args.other }),
      ...(options.at !== undefined && { at: String(options.at) }),
      ...(options.otherAt !== undefined && { with_at: String(options.otherAt) }),
    };
    const found = await depot.compareChannels(origin, args.channel, query, signal);
    if (json) {
      printJson({ origin, ...found });
      return;
    }
    const name = (side: { readonly channel: string; readonly state: number }) =>
      `${side.channel} (state ${side.state})`;
    const section = (title: string, lines: readonly string[]): void => {
      if (lines.length === 0) return;
      stdout.write(`${title}:\n${lines.map((line) => `  ${printableLine(line)}\n`).join("")}`);
    };
    section(`Only in ${name(found.here)}`, found.only_here);
    section(`Only in ${name(found.there)}`, found.only_there);
    for (const [title, pairs] of [
      [`Newer in ${name(found.here)}`, found.newer_here],
      [`Newer in ${name(found.there)}`, found.newer_there],
    ] as const)
      if (pairs.length > 0)
        stdout.write(
          `${title}:\n${formatTable(pairs.map((pair) => [`  ${pair.name}`, pair.target, pair.here, pair.there]))}`,
        );
    stdout.write(`${found.same} packages are in both.\n`);
    if (!found.complete) stdout.write("The lists are longer than what is shown.\n");
  },
});
