// `hab user login`: from a name and a password to a token in cli.toml, or a token that somebody has made already.
import { hostname } from "node:os";
import type { Secret } from "../../crypto/index.ts";
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

const MAKE_ONE =
  "Sign in to the depot's pages, make an access token under your profile, and give it to: hab user login --with-token";

const PASSWORD_HINTS: Hints = {
  401: { next: `Check name and password. An account that signs in without one: ${MAKE_ONE}` },
  404: { next: `This depot signs nobody in by password here. ${MAKE_ONE}` },
  405: { next: `This depot signs nobody in by password here. ${MAKE_ONE}` },
};

export const command = defineCommand({
  summary: "Sign in to a depot: keeps an access token for all other commands",
  description:
    "Asks for the password without showing it (else it is the first line of standard input) and gives it to the depot for an " +
    "access token, which is kept in cli.toml, readable by you alone. The password is kept nowhere. The token shows among your " +
    "tokens on the depot's pages, and ends with `hab user logout`.",
  examples: [
    { command: "hab user login alice --url https://depot.example.com", explains: "asks for the password" },
    { command: "hab user login alice", explains: "to the depot of HAB_BLDR_URL or cli.toml" },
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
    let account: string;
    let expiresAt: string | undefined;
    if (options.withToken) {
      token = await secretAnswer(context, "access token");
      account = await depotAt(url, token).accountName(signal);
    } else {
      // Nobody is to give the password of their own depot to another one because they forgot to name theirs.
      if (isSameDepot(url, PUBLIC_DEPOT_URL))
        throw usageProblem(`${url} takes no passwords: name your depot with --url or HAB_BLDR_URL`);
      account = args.name ?? (await ui.ask("Name", env["USER"]));
      const password = await secretAnswer(context, "password");
      const label = `hab on ${hostname().slice(0, MAX_HOST_LENGTH)}`;
      const words = { name: account, password, label, days: options.days };
      ({ token, expiresAt } = await withHints(PASSWORD_HINTS, depotAt(url).signIn(words, signal)));
    }
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
