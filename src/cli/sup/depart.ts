// `hab sup depart` (reference/cli.md §10.11).
import { formatCtlAddress } from "../../ctl/index.ts";
import { argument, defineCommand } from "../command.ts";
import { remoteSupOption } from "../shared-options.ts";
import { tellSupervisor } from "../svc/ask.ts";

export const command = defineCommand({
  summary: "Tell a member of the ring to leave for good",
  description: "The member stops its services and cannot join again under its id.",
  examples: [
    {
      command: "hab sup depart 0123456789abcdef0123456789abcdef",
      explains: "an id from the census, or from MEMBER_ID of the member",
    },
  ],
  args: { memberId: argument({ value: "MEMBER_ID", help: "Id of the member" }) },
  options: { remoteSup: remoteSupOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, options, ui, configuration, json, printJson } = context;
    const address = await configuration.controlAddress(options.remoteSup);
    ui.begin(`Permanently marking ${args.memberId} as departed`);
    ui.status("Applying", `via peer ${formatCtlAddress(address)}`);
    await tellSupervisor(context, options.remoteSup, {
      message: "SupDepart",
      fields: { memberId: args.memberId },
    });
    ui.end("Departure recorded.");
    if (json) printJson({ member_id: args.memberId, supervisor: formatCtlAddress(address) });
  },
});
