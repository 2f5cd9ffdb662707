// `hab ring key export`: the latest ring key as text (reference/cli.md §10.10).
import { formatKey, KeyCache } from "../../../crypto/index.ts";
import { argument, defineCommand } from "../../command.ts";
import { cacheKeyPathOption } from "../../shared-options.ts";

export const command = defineCommand({
  summary: "Print the latest key of a ring",
  examples: [
    {
      command: "hab ring key export production | ssh other hab ring key import",
      explains: "let another machine join the ring",
    },
  ],
  args: { ring: argument({ value: "RING", help: "Name of the ring key" }) },
  options: { cacheKeyPath: cacheKeyPathOption() },
  json: true,
  helpIfBare: true,
  run({ args, options, stdout, json, printJson }) {
    const key = new KeyCache(options.cacheKeyPath).latest("ring", args.ring);
    const text = formatKey(key).reveal();
    if (json) printJson({ kind: "ring", ...key.id, text });
    else stdout.write(text);
  },
});
