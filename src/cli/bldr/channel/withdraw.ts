// `hab bldr channel withdraw`.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { commentOption, progressOf, requestArgument } from "./request-text.ts";

export const command = defineCommand({
  summary: "Withdraw a request for a promotion",
  description: "For who asked, and for administrators of the origin.",
  examples: [
    {
      command: "hab bldr channel withdraw 3240000000000000000 -o acme",
      explains: "it is not needed any more",
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
    const request = await depot.decideRequest(origin, args.request, "withdraw", options.comment, signal);
    if (json) printJson(request);
    ui.info(`Withdrew request ${request.id}: it is ${request.state}, with ${progressOf(request)}.`);
    if (request.state === "failed") ui.warn(request.reason);
  },
});
