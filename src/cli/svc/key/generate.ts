// `hab svc key generate`: an encryption pair of a service group (reference/cli.md §10.10).
import { formatNamedRevision, generateBoxKeyPair, KeyCache } from "../../../crypto/index.ts";
import { formatServiceGroup, parseServiceGroup } from "../../../ring/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Generate an encryption key pair of a service group",
  description:
    "The machines that run the group need the secret key; whoever encrypts configuration or files for it needs the " +
    "public one.",
  examples: [
    { command: "hab svc key generate redis.default acme", explains: "a pair for redis.default@acme" },
  ],
  args: {
    serviceGroup: argument({
      value: "SERVICE_GROUP",
      help: "Service group (redis.default)",
      type: parseServiceGroup,
    }),
    // Compat: an empty organization is taken, and one already in the group stays beside it (vectors/keys/generate.json).
    org: argument({ value: "ORG", help: "Organization of the service", env: "HABITAT_ORG" }),
  },
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  run({ args, options, ui, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    const group = formatServiceGroup(args.serviceGroup);
    ui.begin(`Generating service key for ${group} in ${args.org}`);
    const pair = generateBoxKeyPair("service", `${group}@${args.org}`, new Date());
    const written = cache.writePair(pair);
    ui.end(`Generated service key pair ${formatNamedRevision(pair.publicKey.id)}.`);
    if (json)
      printJson({ ...pair.publicKey.id, public_key: written.publicPath, secret_key: written.secretPath });
  },
});
