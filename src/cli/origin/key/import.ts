// `hab origin key import`: a public or secret signing key from standard input (reference/cli.md §10.6).
import {
  cryptoErrors,
  formatNamedRevision,
  KeyCache,
  type PublicKey,
  parseKey,
  type Secret,
  type SecretKey,
} from "../../../crypto/index.ts";
import { HabError, isKind } from "../../../error/index.ts";
import { defineCommand } from "../../command.ts";
import { readKeyText } from "../../key-text.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Import an origin's key from standard input",
  examples: [
    {
      command: "hab origin key import < acme-20261123074255.pub",
      explains: "a public key, to check packages",
    },
    {
      command: "ssh build hab origin key export -t secret acme | hab origin key import",
      explains: "a secret key",
    },
  ],
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  hasVersion: false,
  async run({ options, ui, readLine, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    ui.begin("Importing origin key from standard input");
    const key = parseOriginKey(await readKeyText(readLine));
    const path = cache.write(key);
    const half = key.kind === "origin-public" ? "public" : "secret";
    ui.end(`Imported ${half} origin key ${formatNamedRevision(key.id)}`);
    if (json) printJson({ ...key.id, type: half, path });
  },
});

function parseOriginKey(text: Secret<string>): PublicKey<"origin-public"> | SecretKey<"origin-secret"> {
  try {
    try {
      return parseKey("origin-public", text);
    } catch (error) {
      if (isKind(error, cryptoErrors.unsupportedKeyVersion)) return parseKey("origin-secret", text);
      throw error;
    }
  } catch (cause) {
    throw new HabError(
      cryptoErrors.malformedKey,
      "Could not parse content as an public or secret origin signing key!",
      { cause, next: "Give it a whole key file: what `hab origin key export` prints on the other machine." },
    );
  }
}
