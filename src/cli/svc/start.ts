// `hab svc start` (reference/cli.md §10.12).
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "./ask.ts";
import { serviceArgument } from "./load-options.ts";

export const command = defineCommand({
  summary: "Start a loaded service",
  description: "Sets the desired state of the service to up. A service that is up already is left alone.",
  examples: [{ command: "hab svc start core/redis", explains: "after it was stopped" }],
  args: { ident: serviceArgument() },
  options: {
    remoteSup: remoteSupOption(),
  },
  async run(context) {
    const { args, options } = context;
    await tellSupervisor(context, options.remoteSup, {
      message: "SvcStart",
      fields: {
        ident: { ...args.ident },
      },
    });
  },
});
