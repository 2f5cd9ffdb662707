// `hab pkg promote` (reference/cli.md §10.7).
import { promote } from "../../depot-client/index.ts";
import { formatIdent } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { depotWithToken, fullIdentArgument, remoteTarget, targetArgument } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";

export const command = defineCommand({
  summary: "Promote a package to a channel",
  description: "The channel is created if the origin does not have it.",
  examples: [{ command: "hab pkg promote core/redis/7.0.15/20260101000000 stable", explains: "release it" }],
  args: {
    ident: fullIdentArgument(),
    channel: argument({ value: "CHANNEL", completes: "channel", help: "Channel to promote to" }),
    target: targetArgument(),
  },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    const target = remoteTarget(args.target);
    const ident = formatIdent(args.ident);
    ui.begin(`Promoting ${ident} (${target}) to channel '${args.channel}'`);
    await promote(depot, args.ident, target, args.channel, { report: () => undefined, signal });
    ui.status("Promoted", `${ident} (${target})`);
    if (json) printJson({ ident, target, channel: args.channel });
  },
});
