// `hab origin depart` (reference/cli.md §10.6).
import { clientErrors } from "../../depot-client/index.ts";
import { argument, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { withHints } from "../depot-hints.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { originName } from "../values.ts";

export const command = defineCommand({
  summary: "Give up your own membership of an origin",
  examples: [{ command: "hab origin depart acme", explains: "what you uploaded stays there" }],
  args: { origin: argument({ value: "ORIGIN", help: "Origin to depart from", type: originName }) },
  options: { url: urlOption(), auth: authOption() },
  json: true,
  hasVersion: false,
  async run(context) {
    const { args, ui, json, printJson, signal } = context;
    const { origin } = args;
    const depot = await depotWithToken(context);
    ui.status("Departing", `origin ${origin}.`);
    await withHints(
      {
        403: {
          next: `The owner cannot depart: hand the origin over first: hab origin transfer ${origin} NEW_OWNER_ACCOUNT`,
        },
        422: { kind: clientErrors.notMember },
      },
      depot.departOrigin(origin, signal),
    );
    ui.status("Departed", `origin ${origin}.`);
    if (json) printJson({ origin, departed: true });
  },
});
