// `hab depot run`.
import { defineCommand, option } from "../command.ts";
import { existingFile, hostAndPort, integer } from "../values.ts";
import { serviceManager } from "./notify.ts";
import { placeOf, placeOptions } from "./place-options.ts";

export const command = defineCommand({
  summary: "Run a depot: packages, channels and accounts in one directory",
  description:
    "Needs no other service. It listens on this machine only unless told otherwise. Accounts and tokens are made with " +
    "`hab depot user create` and `hab depot token create`, also while it runs.",
  examples: [
    { command: "hab depot run", explains: "for yourself, on http://127.0.0.1:9636" },
    { command: "hab depot run --data /srv/depot --listen 0.0.0.0:9636", explains: "for others too" },
    {
      command: "hab depot run --accounts accounts.toml",
      explains: "with accounts, tokens and roles of a file",
    },
    {
      command: "hab depot run --database postgres://hab@db.example.com/depot --blobs s3://packages",
      explains: "one of as many processes as you like",
    },
  ],
  options: {
    ...placeOptions(),
    listen: option({
      long: "listen",
      value: "HOST:PORT",
      help: "Address to listen on; port 0 takes a free one",
      default: "127.0.0.1:9636",
      type: hostAndPort(9636),
    }),
    accounts: option({
      long: "accounts",
      value: "FILE",
      help: "Accounts, tokens and roles to begin with (TOML or JSON, mode 0600)",
      env: "HAB_DEPOT_ACCOUNTS",
      type: existingFile,
    }),
    signIn: option({
      long: "sign-in",
      value: "FILE",
      help: "How people sign in besides passwords: OpenID Connect, GitHub and others, Kerberos, a proxy (TOML or JSON)",
      env: "HAB_DEPOT_SIGN_IN",
      type: existingFile,
    }),
    rate: option({
      long: "rate-limit",
      value: "NUMBER",
      help: "Requests a second of one address, 0 for no limit (default: 200 for other machines)",
      type: integer(),
    }),
    webhookTargets: option({
      long: "webhook-targets",
      value: "WHERE",
      help: "Where webhooks may go: public, any, none, or networks besides the public (10.1.0.0/16,fd00::/8)",
      default: "public",
    }),
  },
  json: true,
  async run(context) {
    const { options, ui, json, printJson, stderr, signal } = context;
    const { startDepot } = await import("../../depot/index.ts");
    const depot = await startDepot({
      ...placeOf(context),
      listen: options.listen,
      ...(options.accounts !== undefined && { accountsFile: options.accounts }),
      ...(options.signIn !== undefined && { signInFile: options.signIn }),
      ...(options.rate !== undefined && { requestsPerSecond: options.rate }),
      webhookTargets: options.webhookTargets,
      log: (line) => stderr.write(`${new Date().toISOString()} ${line}\n`),
    });
    if (json) printJson({ url: depot.url, data: options.data });
    ui.begin(`Depot listening on ${depot.url}, data in ${options.data}`);
    const manager = serviceManager();
    manager.ready(`listening on ${depot.url}`);
    // Nothing secret is made or printed here: who may write the directory makes accounts and tokens.
    if (!depot.hasAccounts) {
      ui.info("Nobody can log in yet. In another terminal:");
      ui.info(`  hab depot user create NAME --data ${options.data}`);
      ui.info(`  hab depot user password NAME --data ${options.data}    (for the pages on ${depot.url})`);
      ui.info(`  hab depot token create NAME --data ${options.data}     (for hab: prints the token once)`);
      ui.info(`  export HAB_BLDR_URL=${depot.url} HAB_AUTH_TOKEN=…`);
    }
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    manager.stopping();
    await depot.stop();
    ui.end("Depot stopped");
  },
});
