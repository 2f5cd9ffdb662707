// `hab pkg demote` (reference/cli.md §10.7).
import { clientErrors } from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import { formatIdent } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { depotWithToken, fullIdentArgument, remoteTarget, targetArgument } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";

export const command = defineCommand({
  summary: "Take a package out of a channel",
  examples: [{ command: "hab pkg demote core/redis/7.0.15/20260101000000 stable", explains: "withdraw it" }],
  args: {
    ident: fullIdentArgument(),
    channel: argument({ value: "CHANNEL", completes: "channel", help: "Channel to take it out of" }),
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
    ui.begin(`Demoting ${ident} (${target}) from ${args.channel}`);
    if (args.channel === "unstable")
      throw new HabError(clientErrors.refused, `${ident} cannot be removed from the unstable channel.`, {
        next: "Every package stays in unstable; demote it from the other channels it is in",
      });
    await depot.demotePackage(args.ident, args.channel, target, signal);
    ui.status("Demoted", `${ident} (${target})`);
    if (json) printJson({ ident, target, channel: args.channel });
  },
});
