// `hab bldr channel promote` (reference/cli.md §10.1). Beyond the original: `--request` asks for approval where the channel
// has a gate, `--package` promotes a part of the source channel.
import { formatIdent } from "../../../package/index.ts";
import { argument, defineCommand, flag, optionList } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt, fullIdentType } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { commentOption, progressOf } from "./request-text.ts";

export const command = defineCommand({
  summary: "Promote all packages of a channel to another",
  description: "All of them change together or none does.",
  examples: [
    { command: "hab bldr channel promote testing stable -o acme", explains: "release what has been tested" },
    {
      command: "hab bldr channel promote testing stable -o acme --request",
      explains: "ask for approval, if stable has a gate",
    },
  ],
  args: {
    source: argument({
      value: "SOURCE_CHANNEL",
      completes: "channel",
      help: "Channel whose packages are meant",
    }),
    target: argument({ value: "TARGET_CHANNEL", completes: "channel", help: "Channel they are promoted to" }),
  },
  options: {
    request: flag({
      long: "request",
      help: "Ask for approval where the channel has a gate; without one, promote at once",
    }),
    packages: optionList({
      long: "package",
      value: "PKG_IDENT",
      values: "one",
      help: "Only this release of the source channel (repeat for more)",
      type: fullIdentType,
    }),
    comment: commentOption(),
    auth: authOption(),
    url: channelUrlOption(),
    origin: originOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const { source, target } = args;
    const idents = options.packages.map(formatIdent);
    const what = `packages of channel ${source} to ${target}.`;
    ui.status("Promoting", what);
    // Without what only our depots know, it is the request that every depot understands.
    if (!options.request && idents.length === 0) {
      await depot.promoteChannel({ origin, source, target, signal });
      ui.status("Promoted", what);
      if (json) printJson({ origin, source, target });
      return;
    }
    const words = {
      origin,
      from: source,
      to: target,
      idents: idents.length === 0 ? undefined : idents,
      comment: options.comment,
    };
    const answer = await depot.promoteSet(words, signal);
    if ("done" in answer) {
      ui.status("Promoted", `${answer.done.promoted.length} ${what}`);
      if (json) printJson({ origin, source, target, promoted: answer.done.promoted });
      return;
    }
    const { request } = answer;
    ui.info(`Asked for approval: request ${request.id}, with ${progressOf(request)}.`);
    if (!options.request)
      ui.info(
        `The channel ${target} has a gate. Wait for it with: hab bldr channel wait ${request.id} -o ${origin}`,
      );
    if (json) printJson({ origin, source, target, request });
  },
});
