// `hab svc unload` (reference/cli.md §10.12).
import { argument, defineCommand, option } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { integer } from "../values.ts";
import { tellSupervisor } from "./ask.ts";
import { serviceIdent } from "./load-options.ts";

export const command = defineCommand({
  summary: "Unload a service, stopping it if it runs",
  description: "Deletes the spec of the service and stops it.",
  examples: [{ command: "hab svc unload core/redis", explains: "stop it and forget it" }],
  args: { ident: argument({ value: "PKG_IDENT", help: "A package (core/redis)", type: serviceIdent }) },
  options: {
    remoteSup: remoteSupOption(),
    shutdownTimeout: option({
      long: "shutdown-timeout",
      value: "SHUTDOWN_TIMEOUT",
      help: "Seconds the service may take to stop before it is killed",
      type: integer(),
    }),
  },
  helpIfBare: true,
  async run(context) {
    const { args, options } = context;
    await tellSupervisor(context, options.remoteSup, {
      message: "SvcUnload",
      fields: {
        ident: { ...args.ident },
        ...(options.shutdownTimeout === undefined ? {} : { timeoutInSeconds: options.shutdownTimeout }),
      },
    });
  },
});
