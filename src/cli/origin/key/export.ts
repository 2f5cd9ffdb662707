// `hab origin key export`: the latest key as text (reference/cli.md §10.6).
import { formatKey, KeyCache } from "../../../crypto/index.ts";
import { argument, defineCommand, option } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";
import { originName } from "../../values.ts";

export const command = defineCommand({
  summary: "Print an origin's latest key",
  examples: [
    { command: "hab origin key export acme > acme.pub", explains: "the public key, to give away" },
    { command: "hab origin key export --type secret acme", explains: "the secret key, to back up" },
  ],
  args: { origin: argument({ value: "ORIGIN", help: "Origin whose key to print", type: originName }) },
  options: {
    type: option({
      short: "t",
      long: "type",
      value: "KEY_TYPE",
      help: "Which half of the pair: public or secret",
      type: keyType,
      default: "public",
    }),
    cacheKeyPath: cacheKeyPathOption(),
  },
  json: true,
  hasVersion: false,
  run({ args, options, stdout, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    const { kind, id, text } =
      options.type === "public" ? publicKey(cache, args.origin) : secretKey(cache, args.origin);
    if (json) printJson({ kind, ...id, text });
    else stdout.write(text);
  },
});

function publicKey(cache: KeyCache, origin: string) {
  const key = cache.latest("origin-public", origin);
  return { kind: key.kind, id: key.id, text: formatKey(key) };
}

/** The one command whose data is a secret: it is asked for by name. */
function secretKey(cache: KeyCache, origin: string) {
  const key = cache.latest("origin-secret", origin);
  return { kind: key.kind, id: key.id, text: formatKey(key).reveal() };
}

function keyType(text: string): "public" | "secret" {
  if (text === "public" || text === "secret") return text;
  throw new Error(`Failed to parse key type: ${text}`);
}
