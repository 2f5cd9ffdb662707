// `hab bldr channel approve`.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { commentOption, progressOf, requestArgument } from "./request-text.ts";

export const command = defineCommand({
  summary: "Approve a request for a promotion",
  description:
    "With the last approval that the channel's gate demands, the promotion takes effect, with exactly the packages that were asked for.",
  examples: [
    {
      command: "hab bldr channel approve 3240000000000000000 -o acme",
      explains: "you have looked at what is asked for",
    },
  ],
  args: { request: requestArgument() },
  options: { comment: commentOption(), url: channelUrlOption(), origin: originOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, configuration, ui, json, printJson, signal } = context;
    const origin = await configuration.origin(options.origin);
    const depot = await depotWithTokenAt(context);
    const request = await depot.decideRequest(origin, args.request, "approve", options.comment, signal);
    if (json) printJson(request);
    ui.info(`Approved request ${request.id}: it is ${request.state}, with ${progressOf(request)}.`);
    if (request.state === "failed") ui.warn(request.reason);
  },
});
