// `hab user login`: from a name and a password, or a code that is approved on a page, to a token in cli.toml; or a token that
// somebody has made already.
import { hostname } from "node:os";
import type { Secret } from "../../crypto/index.ts";
import { DepotFailure } from "../../depot-client/index.ts";
import { cliConfigPath } from "../../host/index.ts";
import { defineCommand, flag, option, optionalArgument, usageProblem } from "../command.ts";
import { PUBLIC_DEPOT_URL } from "../configuration.ts";
import { depotAt } from "../depot-access.ts";
import { type Hints, withHints } from "../depot-hints.ts";
import { secretAnswer } from "../hidden-answer.ts";
import { urlOption } from "../shared-options.ts";
import { integer } from "../values.ts";

/** Longest part of a machine's name in the label of a token. */
const MAX_HOST_LENGTH = 64;

const BY_BROWSER = "Sign in on its pages instead: hab user login --with-browser";
const NO_PASSWORDS = { next: `This depot signs nobody in by password here. ${BY_BROWSER}` };
const PASSWORD_HINTS: Hints = {
  401: { next: `Check name and password. An account that signs in without one: ${BY_BROWSER}` },
  404: NO_PASSWORDS,
  405: NO_PASSWORDS,
};

const NO_CODES = {
  next: "This depot approves no codes. Sign in to its pages, make an access token under your profile, and give it to: hab user login --with-token",
};
const CODE_HINTS: Hints = { 404: NO_CODES, 405: NO_CODES };

export const command = defineCommand({
  summary: "Sign in to a depot: keeps an access token for all other commands",
  description:
    "Asks for the password without showing it (else it is the first line of standard input) and gives it to the depot for an " +
    "access token, which is kept in cli.toml, readable by you alone. The password is kept nowhere. Where you sign in without " +
    "one, shows a code that you approve on the depot's pages, with the browser of any machine. The token shows among your " +
    "tokens there, and ends with `hab user logout`.",
  examples: [
    { command: "hab user login alice --url https://depot.example.com", explains: "asks for the password" },
    { command: "hab user login alice", explains: "to the depot of HAB_BLDR_URL or cli.toml" },
    {
      command: "hab user login --with-browser --url https://depot.example.com",
      explains: "shows a code to approve in a browser anywhere",
    },
    {
      command: "hab user login --with-token --url https://depot.example.com",
      explains: "asks for a token that you made on the depot's pages",
    },
  ],
  args: {
    name: optionalArgument({ value: "NAME", help: "Name of the account (default: asks)" }),
  },
  options: {
    url: urlOption(),
    days: option({
      long: "days",
      value: "NUMBER",
      help: "Let the token end by itself after so many days",
      type: integer(36_500),
      conflictsWith: ["withToken"],
    }),
    withBrowser: flag({
      long: "with-browser",
      help: "Approve a code on the depot's pages instead (as if given, where the depot has no passwords)",
      conflictsWith: ["name", "withToken"],
    }),
    withToken: flag({
      long: "with-token",
      help: "Take a token instead of a password, from the terminal or standard input",
      conflictsWith: ["name"],
    }),
  },
  json: true,
  async run(context) {
    const { args, options, configuration, ui, env, json, printJson, signal } = context;
    const url = await configuration.bldrUrl(options.url);
    const warning = goesInClear(url);
    if (warning !== undefined) ui.warn(warning);
    let token: Secret<string>;
    let account: string | undefined;
    let expiresAt: string | undefined;
    const label = `hab on ${hostname().slice(0, MAX_HOST_LENGTH)}`;
    const { days } = options;
    if (options.withToken) token = await secretAnswer(context, "access token");
    else if (options.withBrowser || (args.name === undefined && (await hasNoPasswords(url, signal)))) {
      const depot = depotAt(url);
      const begun = await withHints(CODE_HINTS, depot.beginSignIn({ label, days }, signal));
      const { tokenByBrowser } = await import("./login-by-browser.ts");
      ({ token, expiresAt } = await tokenByBrowser(depot, begun, { ui, signal }));
    } else {
      // Nobody is to give the password of their own depot to another one because they forgot to name theirs.
      if (isSameDepot(url, PUBLIC_DEPOT_URL))
        throw usageProblem(`${url} takes no passwords: name your depot with --url or HAB_BLDR_URL`);
      account = args.name ?? (await ui.ask("Name", env["USER"]));
      const password = await secretAnswer(context, "password");
      const words = { name: account, password, label, days };
      ({ token, expiresAt } = await withHints(PASSWORD_HINTS, depotAt(url).signIn(words, signal)));
    }
    account ??= await depotAt(url, token).accountName(signal);
    const before = await configuration.file();
    const { updateConfigurationFile } = await import("../configuration-file.ts");
    await updateConfigurationFile(cliConfigPath(), { auth_token: token.reveal(), bldr_url: url });
    ui.end(`Signed in to ${url} as ${account}; the token is in ${cliConfigPath()}`);
    if (
      before.auth_token !== undefined &&
      before.bldr_url !== undefined &&
      !isSameDepot(before.bldr_url, url)
    )
      ui.info(`It takes the place of the token for ${before.bldr_url}.`);
    const { HAB_AUTH_TOKEN: tokenSet = "", HAB_BLDR_URL: urlSet = "" } = env;
    const overriding = [
      ...(tokenSet !== "" && tokenSet !== token.reveal() ? ["HAB_AUTH_TOKEN"] : []),
      ...(urlSet !== "" && !isSameDepot(urlSet, url) ? ["HAB_BLDR_URL"] : []),
    ];
    for (const name of overriding)
      ui.warn(`${name} is set and goes before what is in the file: unset ${name}`);
    if (json) printJson({ url, account, expires_at: expiresAt ?? null, file: cliConfigPath() });
  },
});

/** Whether the depot says that it has pages, and signs nobody in there by password. What does not say so may have them. */
async function hasNoPasswords(url: string, signal: AbortSignal): Promise<boolean> {
  if (isSameDepot(url, PUBLIC_DEPOT_URL)) return false;
  try {
    const ways = await depotAt(url).signInWays(signal);
    return ways.length > 0 && !ways.includes("password");
  } catch (error) {
    if (error instanceof DepotFailure) return false;
    throw error;
  }
}

function isSameDepot(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).href === new URL(other).href;
}

/** Why somebody on the way could read a password; undefined when nobody can. */
function goesInClear(text: string): string | undefined {
  const { protocol, hostname: host } = new URL(text);
  const isHere = /^(localhost|127\.[0-9.]+|\[::1\])$/.test(host);
  if (protocol === "https:" || isHere) return undefined;
  return `What you type goes to ${host} unencrypted: anybody on the way can read it. Use https:// if the depot has it.`;
}
