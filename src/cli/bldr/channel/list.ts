// `hab bldr channel list` (reference/cli.md §10.1).
import { defineCommand, flag, optionalArgument } from "../../command.ts";
import { channelUrlOption, depotAt } from "../../depot-access.ts";
import { originName } from "../../values.ts";

export const command = defineCommand({
  summary: "List the channels of an origin",
  examples: [{ command: "hab bldr channel list core", explains: "one name a line" }],
  args: {
    origin: optionalArgument({
      value: "ORIGIN",
      help: "Name of the origin (else HAB_ORIGIN, origin of cli.toml)",
      type: originName,
    }),
  },
  options: {
    sandbox: flag({ short: "s", long: "sandbox", help: "Show the channels of build jobs too" }),
    url: channelUrlOption(),
  },
  json: true,
  async run(context) {
    const { args, options, configuration, ui, stdout, json, printJson, signal } = context;
    const origin = await configuration.origin(args.origin);
    ui.status("Determining", `channels for ${origin}.`);
    const channels = await depotAt(options.url).channels(origin, {
      sandbox: options.sandbox,
      signal,
    });
    if (json) printJson({ origin, channels });
    else stdout.write(`${channels.join("\n")}\n`);
  },
});
