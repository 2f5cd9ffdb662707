// `hab pkg verify` (reference/packages.md §5.4, §8).
import { formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { verifyHart } from "../../package/index.ts";
import { argument, defineCommand } from "../command.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { existingFile } from "../values.ts";

export const command = defineCommand({
  summary: "Check the signature of a hart",
  description: "Uses the keys in the key cache and fetches none.",
  examples: [
    { command: "hab pkg verify app.hart", explains: "who signed it, and that nothing has changed since" },
  ],
  args: { source: argument({ value: "SOURCE", help: "A hart", type: existingFile }) },
  options: { cacheKeyPath: cacheKeyPathOption() },
  helpIfBare: true,
  json: true,
  async run({ args, options, ui, json, printJson }) {
    ui.begin(`Verifying artifact ${args.source}`);
    const { signer, hash } = await verifyHart(args.source, new KeyCache(options.cacheKeyPath));
    const key = formatNamedRevision(signer);
    ui.status("Verified", `checksum ${hash} signed with ${key}`);
    ui.end(`Verified artifact ${args.source}.`);
    if (json) printJson({ path: args.source, checksum: hash, key });
  },
});
