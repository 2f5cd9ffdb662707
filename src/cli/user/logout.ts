// `hab user logout`.
import { Secret } from "../../crypto/index.ts";
import { DepotFailure } from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import { cliConfigPath } from "../../host/index.ts";
import { defineCommand } from "../command.ts";
import { depotAt } from "../depot-access.ts";
import { cliErrors } from "../errors.ts";

export const command = defineCommand({
  summary: "Sign out of a depot: ends the access token in cli.toml and removes it",
  description:
    "Where the depot cannot be asked, the token is removed all the same, and stays valid until you revoke it there.",
  examples: [{ command: "hab user logout", explains: "before you give the machine away" }],
  json: true,
  async run({ configuration, ui, json, printJson, signal }) {
    const { auth_token: text, bldr_url: known } = await configuration.file();
    if (text === undefined)
      throw new HabError(cliErrors.noAuthToken, `There is no access token in ${cliConfigPath()}`, {
        next: "Sign in with: hab user login",
      });
    const url = known ?? (await configuration.bldrUrl(undefined));
    let ended = true;
    try {
      await depotAt(url).endToken(new Secret(text), signal);
    } catch (error) {
      if (!(error instanceof DepotFailure)) throw error;
      ended = false;
      ui.warn(`${error.message}. The token is still valid there: revoke it on the depot's pages.`);
    }
    const { updateConfigurationFile } = await import("../configuration-file.ts");
    await updateConfigurationFile(cliConfigPath(), { auth_token: null });
    ui.end(`Signed out of ${url}`);
    if (json) printJson({ url, ended });
  },
});
