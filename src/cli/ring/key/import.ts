// `hab ring key import`: a ring key from standard input (reference/cli.md §10.10).
import { formatNamedRevision, KeyCache, parseKey } from "../../../crypto/index.ts";
import { defineCommand } from "../../command.ts";
import { readKeyText } from "../../key-text.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Import a ring key from standard input",
  examples: [
    { command: "hab ring key import < production.sym.key", explains: "a key exported on another machine" },
  ],
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  async run({ options, ui, readLine, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    ui.begin("Importing ring key from standard input");
    const key = parseKey("ring", await readKeyText(readLine));
    const path = cache.write(key);
    ui.end(`Imported ring key ${formatNamedRevision(key.id)}.`);
    if (json) printJson({ ...key.id, path });
  },
});
