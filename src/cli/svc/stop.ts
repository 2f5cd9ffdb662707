// `hab svc stop` (reference/cli.md §10.12).
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellOfService } from "./ask.ts";
import { serviceArgument, shutdownTimeoutOption } from "./load-options.ts";

export const command = defineCommand({
  summary: "Stop a loaded service",
  description:
    "Sets the desired state of the service to down; it stays loaded and stopped until started again.",
  examples: [{ command: "hab svc stop core/redis", explains: "it stays loaded" }],
  args: { ident: serviceArgument() },
  options: {
    remoteSup: remoteSupOption(),
    shutdownTimeout: shutdownTimeoutOption(),
  },
  json: true,
  async run(context) {
    const { args, options } = context;
    await tellOfService(context, args.ident, options.remoteSup, {
      message: "SvcStop",
      fields: {
        ident: { ...args.ident },
        ...(options.shutdownTimeout === undefined ? {} : { timeoutInSeconds: options.shutdownTimeout }),
      },
    });
  },
});
