// `hab origin delete` (reference/cli.md §10.6).
import { clientErrors } from "../../depot-client/index.ts";
import { argument, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { originName } from "../values.ts";

export const command = defineCommand({
  summary: "Delete an origin that is empty",
  description: "Only its owner may, and only once nothing is left in it.",
  examples: [{ command: "hab origin delete acme", explains: "the origin and its keys on the depot" }],
  args: { origin: argument({ value: "ORIGIN", help: "Origin to delete", type: originName }) },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { origin } = args;
    const depot = await depotWithToken(context);
    ui.status("Deleting", `origin ${origin}.`);
    await withHints(
      {
        403: { next: "Only the owner may delete an origin: ask the owner, or have it transferred to you." },
        409: { kind: clientErrors.originInUse },
      },
      depot.deleteOrigin(origin, signal),
    );
    ui.status("Deleted", `origin ${origin}.`);
    if (json) printJson({ origin, deleted: true });
  },
});
