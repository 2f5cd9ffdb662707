// `hab origin key generate`: a new signing pair (reference/cli.md §10.6).
import { formatNamedRevision, generateOriginKeyPair, KeyCache } from "../../../crypto/index.ts";
import { defineCommand, optionalArgument } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";
import { originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Generate a signing key pair of an origin",
  description:
    "Packages are signed with the secret key and checked with the public one. Whoever installs your packages needs the " +
    "public key; keep the secret key to yourself and back it up.",
  examples: [
    { command: "hab origin key generate acme", explains: "a pair for the origin acme" },
    { command: "HAB_ORIGIN=acme hab origin key generate", explains: "the same" },
  ],
  args: {
    origin: optionalArgument({
      value: "ORIGIN",
      help: "Origin (else HAB_ORIGIN, origin of cli.toml)",
      type: originName,
    }),
  },
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  hasVersion: false,
  async run({ args, options, configuration, ui, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    const origin = await configuration.origin(args.origin);
    ui.begin(`Generating origin key for ${origin}`);
    const pair = generateOriginKeyPair(origin, new Date());
    const written = cache.writePair(pair);
    ui.end(`Generated origin key pair ${formatNamedRevision(pair.publicKey.id)}.`);
    if (json)
      printJson({ ...pair.publicKey.id, public_key: written.publicPath, secret_key: written.secretPath });
  },
});
