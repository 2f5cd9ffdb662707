// `hab svc unload` (reference/cli.md §10.12).
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellOfService } from "./ask.ts";
import { serviceArgument, shutdownTimeoutOption } from "./load-options.ts";

export const command = defineCommand({
  summary: "Unload a service, stopping it if it runs",
  description: "Deletes the spec of the service and stops it.",
  examples: [{ command: "hab svc unload core/redis", explains: "stop it and forget it" }],
  args: { ident: serviceArgument() },
  options: {
    remoteSup: remoteSupOption(),
    shutdownTimeout: shutdownTimeoutOption(),
  },
  json: true,
  async run(context) {
    const { args, options } = context;
    await tellOfService(context, args.ident, options.remoteSup, {
      message: "SvcUnload",
      fields: {
        ident: { ...args.ident },
        ...(options.shutdownTimeout === undefined ? {} : { timeoutInSeconds: options.shutdownTimeout }),
      },
    });
  },
});
