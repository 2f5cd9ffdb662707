// `hab svc load` (reference/cli.md §10.12).
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellOfService } from "./ask.ts";
import { forceLoadFlag, loadFields, loadOptions, serviceArgument } from "./load-options.ts";

export const command = defineCommand({
  summary: "Load a service to be started and supervised",
  description:
    "Writes a spec for the service and starts it; installs the package from the depot when it is not installed. " +
    "Also after a restart of the Supervisor or the machine the service is started again.",
  examples: [
    { command: "hab svc load core/redis", explains: "with the defaults" },
    {
      command: "hab svc load acme/app --bind database:postgresql.default --strategy at-once --channel stable",
      explains: "bound to a database, updated as soon as a release is promoted",
    },
  ],
  args: { ident: serviceArgument("installed-package") },
  options: { force: forceLoadFlag(), remoteSup: remoteSupOption(), ...loadOptions() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, options, configuration, ui } = context;
    if (options.configFrom !== undefined)
      ui.warn(
        "--config-from replaces the package's own configuration and hooks; use it for development only",
      );
    const url = await configuration.bldrUrl(options.url, { ignoreFile: true });
    await tellOfService(context, args.ident, options.remoteSup, {
      message: "SvcLoad",
      fields: loadFields(args.ident, options, url, options.force),
    });
  },
});
