// `hab pkg channels` (reference/cli.md §10.7).
import { formatIdent } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { depotWithOptionalToken, fullIdentArgument, remoteTarget, targetArgument } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";

export const command = defineCommand({
  summary: "List the channels a package is in",
  examples: [
    { command: "hab pkg channels core/redis/7.0.15/20260101000000", explains: "where it is offered" },
  ],
  args: { ident: fullIdentArgument(), target: targetArgument() },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, ui, stdout, json, printJson, signal } = context;
    const depot = await depotWithOptionalToken(context);
    const target = remoteTarget(args.target);
    ui.begin(`Retrieving channels for ${formatIdent(args.ident)} (${target})`);
    const channels = await depot.channelsOfPackage(args.ident, target, signal);
    if (json) printJson({ ident: formatIdent(args.ident), target, channels });
    else for (const { name } of channels) stdout.write(`${name}\n`);
  },
});
