// `hab ring key generate`: a new key for an encrypted ring (reference/cli.md §10.10).
import { formatNamedRevision, generateRingKey, KeyCache } from "../../../crypto/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Generate a key for an encrypted ring",
  description: "Every member of the ring needs the same key: export it here, import it there.",
  examples: [
    { command: "hab ring key generate production", explains: "a key for the ring production" },
    { command: "hab sup run --ring production", explains: "run a Supervisor in that ring" },
  ],
  args: { ring: argument({ value: "RING", help: "Name of the ring key" }) },
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  helpIfBare: true,
  run({ args, options, ui, json, printJson }) {
    const cache = new KeyCache(options.cacheKeyPath);
    cache.setup();
    ui.begin(`Generating ring key for ${args.ring}`);
    const key = generateRingKey(args.ring, new Date());
    const path = cache.write(key);
    ui.end(`Generated ring key ${formatNamedRevision(key.id)}.`);
    if (json) printJson({ ...key.id, path });
  },
});
