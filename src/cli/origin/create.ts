// `hab origin create` (reference/cli.md §10.6).
import { argument, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { originName } from "../values.ts";

export const command = defineCommand({
  summary: "Create an origin on the depot",
  examples: [{ command: "hab origin create acme", explains: "then: hab origin key upload acme" }],
  args: { origin: argument({ value: "ORIGIN", help: "Name of the origin", type: originName }) },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    ui.status("Creating", `origin ${args.origin}.`);
    const created = await depot.createOrigin(args.origin, signal);
    if (created) ui.status("Created", `origin ${args.origin}.`);
    else ui.status("Skipping", `origin ${args.origin}: it exists already.`);
    if (json) printJson({ origin: args.origin, created });
  },
});
