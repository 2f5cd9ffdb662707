// `hab svc load` (reference/cli.md §10.12).
import { formatIdent } from "../../package/index.ts";
import { defineCommand, flag } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellOfService } from "./ask.ts";
import { forceLoadFlag, loadFields, loadOptions, serviceToLoadArgument } from "./load-options.ts";

const ownOptions = () => ({ force: forceLoadFlag(), remoteSup: remoteSupOption() });

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
  args: { ident: serviceToLoadArgument() },
  options: {
    ...ownOptions(),
    ...loadOptions(),
    generateConfig: flag({
      long: "generate-config",
      help: "Print the options as a TOML file and exit",
      hidden: true,
      conflictsWith: ["json"],
    }),
  },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, options, configuration, ui, stdout } = context;
    const { ident } = args;
    // The grammar wants it in every other case.
    if (options.generateConfig || ident === undefined) {
      const { generateLoadConfig } = await import("../sup/generate-config.ts");
      stdout.write(generateLoadConfig(options, ident && formatIdent(ident), ownOptions()));
      return;
    }
    if (options.configFrom !== undefined)
      ui.warn(
        "--config-from replaces the package's own configuration and hooks; use it for development only",
      );
    const url = await configuration.bldrUrl(options.url, { ignoreFile: true });
    await tellOfService(context, ident, options.remoteSup, {
      message: "SvcLoad",
      fields: loadFields(ident, options, url, options.force),
    });
  },
});
