// `hab origin info` (reference/cli.md §10.6).
import { clientErrors } from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import { formatTable } from "../../ui/index.ts";
import { argument, defineCommand } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { urlOption } from "../shared-options.ts";
import { originName } from "../values.ts";

/** Compat: width of the original's origin tables. */
const MINIMUM_COLUMN_WIDTH = 5;

export const command = defineCommand({
  summary: "Show an origin: its owner, its key and the visibility of new packages",
  examples: [{ command: "hab origin info core --json", explains: "for a script" }],
  args: { origin: argument({ value: "ORIGIN", help: "Name of the origin", type: originName }) },
  options: { url: urlOption(), auth: authOption() },
  json: { short: "j" },
  hasVersion: false,
  async run(context) {
    const { args, ui, stdout, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    ui.status("Discovering", "origin metadata.");
    const info = await depot.origin(args.origin, signal);
    if (info === undefined) {
      throw new HabError(clientErrors.notFound, `the depot ${depot.url} has no origin ${args.origin}`, {
        next: `Create it: hab origin create ${args.origin}`,
      });
    }
    if (json) {
      printJson({
        default_package_visibility: info.default_package_visibility,
        name: info.name,
        owner_id: info.owner_id,
        owner_account: info.owner_account,
        private_key_name: info.private_key_name ?? null,
      });
      return;
    }
    stdout.write(`Origin [${info.name}]:\n`);
    stdout.write(
      formatTable(
        [
          ["Owner Id", "Owner Account", "Private Key", "Package Visibility"],
          [
            info.owner_id,
            info.owner_account,
            info.private_key_name ?? "None",
            info.default_package_visibility,
          ],
        ],
        { minimumWidth: MINIMUM_COLUMN_WIDTH },
      ),
    );
  },
});
