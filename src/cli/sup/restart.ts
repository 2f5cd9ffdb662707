// `hab sup restart` (reference/cli.md §10.11).
import { formatCtlAddress } from "../../ctl/index.ts";
import { defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "../svc/ask.ts";

export const command = defineCommand({
  summary: "Restart the Supervisor, leaving its services alone",
  examples: [{ command: "hab sup restart", explains: "after a new Supervisor was installed" }],
  options: { remoteSup: remoteSupOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { options, ui, configuration, json, printJson } = context;
    const address = await configuration.controlAddress(options.remoteSup);
    ui.begin(`Restarting supervisor ${formatCtlAddress(address)}`);
    // Compat: never answered; the connection ends when the Supervisor does.
    const request = { message: "SupRestart", fields: {} } as const;
    await tellSupervisor(context, options.remoteSup, request, { endWithoutReply: "accept" });
    ui.end("Restart recorded.");
    if (json) printJson({ supervisor: formatCtlAddress(address) });
  },
});
