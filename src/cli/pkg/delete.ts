// `hab pkg delete` (reference/cli.md §10.7, depot-api.md §6).
import { clientErrors } from "../../depot-client/index.ts";
import { formatIdent } from "../../package/index.ts";
import { defineCommand } from "../command.ts";
import { depotWithToken, fullIdentArgument, remoteTarget, targetArgument } from "../depot-access.ts";
import { withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";

export const command = defineCommand({
  summary: "Delete a package from the depot",
  description: "Machines that have it installed keep it: see `hab pkg uninstall`.",
  examples: [
    {
      command: "hab pkg delete acme/web/1.0.0/20260101000000",
      explains: "the release for this machine's target",
    },
    { command: "hab pkg delete acme/web/1.0.0/20260101000000 x86_64-windows", explains: "that for another" },
  ],
  args: { ident: fullIdentArgument(), target: targetArgument() },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    const target = remoteTarget(args.target);
    const ident = formatIdent(args.ident);
    ui.begin(`Deleting ${ident} (${target}) from the depot`);
    await withHints(
      {
        404: { next: "Check the ident and the target: hab pkg channels shows whether the depot has it." },
        422: { kind: clientErrors.packageInUse },
      },
      depot.deletePackage(args.ident, target, signal),
    );
    ui.status("Deleted", `${ident} (${target})`);
    if (json) printJson({ ident, target, deleted: true });
  },
});
