// What `hab bldr channel approve`, `reject` and `withdraw` have in common: a word on a request, and what became of it.
import { defineCommand } from "../../command.ts";
import { channelUrlOption, depotWithTokenAt } from "../../depot-access.ts";
import { authOption } from "../../secret-option.ts";
import { originOption } from "../../shared-options.ts";
import { commentOption, progressOf, requestArgument } from "./request-text.ts";

interface DecisionCommand {
  readonly decision: "approve" | "reject" | "withdraw";
  /** How it is told when it is done: `Approved`. */
  readonly done: string;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly { readonly command: string; readonly explains: string }[];
}

export function decisionCommand({ decision, done, summary, description, examples }: DecisionCommand) {
  return defineCommand({
    summary,
    description,
    examples,
    args: { request: requestArgument() },
    options: {
      comment: commentOption(),
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
      const request = await depot.decideRequest(origin, args.request, decision, options.comment, signal);
      if (json) printJson(request);
      ui.info(`${done} request ${request.id}: it is ${request.state}, with ${progressOf(request)}.`);
      if (request.state === "failed") ui.warn(request.reason);
    },
  });
}
