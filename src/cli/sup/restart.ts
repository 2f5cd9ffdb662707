// `hab sup restart` (reference/cli.md §10.11).
import { formatCtlAddress } from "../../ctl/index.ts";
import { defineCommand, flag } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "../svc/ask.ts";

export const command = defineCommand({
  summary: "Restart the Supervisor, leaving its services alone",
  description:
    "A newer release of the package the Supervisor runs from takes its place, if one is installed. It is on trial first: when " +
    "it does not come to serve, crashes or hangs, the launcher goes back to the one before.",
  examples: [
    { command: "hab sup restart", explains: "after a new Supervisor was installed" },
    {
      command: "hab sup restart --retry-refused",
      explains: "also with a release that did not prove itself before",
    },
  ],
  options: {
    remoteSup: remoteSupOption(),
    retryRefused: flag({
      long: "retry-refused",
      help: "Let releases of the Supervisor that did not prove themselves be tried again",
    }),
  },
  json: true,
  hasVersion: false,
  async run(context) {
    const { options, ui, configuration, json, printJson } = context;
    const address = await configuration.controlAddress(options.remoteSup);
    ui.begin(`Restarting supervisor ${formatCtlAddress(address)}`);
    // Compat: never answered; the connection ends when the Supervisor does.
    const fields = options.retryRefused ? { retryRefused: true } : {};
    const request = { message: "SupRestart", fields } as const;
    await tellSupervisor(context, options.remoteSup, request, { endWithoutReply: "accept" });
    ui.end("Restart recorded.");
    if (json) printJson({ supervisor: formatCtlAddress(address) });
  },
});
