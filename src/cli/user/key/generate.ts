// `hab user key generate`: an encryption pair of a person (reference/cli.md §10.10).
import { formatNamedRevision, generateBoxKeyPair, KeyCache } from "../../../crypto/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Generate an encryption key pair of a user",
  description:
    "With it you encrypt configuration and files for a service group: `hab config apply --user`. The machines of the " +
    "group need your public key.",
  examples: [{ command: "hab user key generate bob", explains: "a pair named bob" }],
  args: { user: argument({ value: "USER", help: "Name of the user key" }) },
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  helpIfBare: true,
  run({ args, options, ui, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    ui.begin(`Generating user key for ${args.user}`);
    const pair = generateBoxKeyPair("user", args.user, new Date());
    const written = cache.writePair(pair);
    ui.end(`Generated user encryption key pair ${formatNamedRevision(pair.publicKey.id)}.`);
    if (json)
      printJson({ ...pair.publicKey.id, public_key: written.publicPath, secret_key: written.secretPath });
  },
});
