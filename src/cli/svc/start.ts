// `hab svc start` (reference/cli.md §10.12).
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellOfService } from "./ask.ts";
import { serviceArgument } from "./load-options.ts";

export const command = defineCommand({
  summary: "Start a loaded service",
  description: "Sets the desired state of the service to up. A service that is up already is left alone.",
  examples: [{ command: "hab svc start core/redis", explains: "after it was stopped" }],
  args: { ident: serviceArgument() },
  options: {
    remoteSup: remoteSupOption(),
  },
  json: true,
  async run(context) {
    const { args, options } = context;
    await tellOfService(context, args.ident, options.remoteSup, {
      message: "SvcStart",
      fields: {
        ident: { ...args.ident },
      },
    });
  },
});
