// `hab pkg sign` (reference/packages.md §5.5, §8).
import { formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { describeError, HabError, systemErrorCode } from "../../error/index.ts";
import { packageErrors, signHart } from "../../package/index.ts";
import { argument, defineCommand, option } from "../command.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { existingFile, originName } from "../values.ts";

export const command = defineCommand({
  summary: "Sign a file with the latest key of an origin",
  description: "Writes a hart: a header with the signature, then the file as it is. Any file can be signed.",
  examples: [{ command: "hab pkg sign --origin acme app.tar.xz app.hart", explains: "sign an archive" }],
  args: {
    source: argument({ value: "SOURCE", help: "File to sign", type: existingFile }),
    destination: argument({ value: "DEST", help: "Hart to write" }),
  },
  options: {
    origin: option({
      long: "origin",
      value: "ORIGIN",
      help: "Origin whose key signs (else HAB_ORIGIN, origin of cli.toml)",
      type: originName,
    }),
    cacheKeyPath: cacheKeyPathOption(),
  },
  helpIfBare: true,
  json: true,
  async run({ args, options, configuration, ui, json, printJson }) {
    const origin = await configuration.origin(options.origin);
    const key = new KeyCache(options.cacheKeyPath).latest("origin-secret", origin);
    const name = formatNamedRevision(key.id);
    ui.begin(`Signing ${args.source}`);
    ui.status("Signing", `${args.source} with ${name} to create ${args.destination}`);
    try {
      await signHart(args.source, args.destination, key);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      throw new HabError(
        packageErrors.unwritableFile,
        `Cannot sign ${args.source}: ${describeError(error)}`,
        {
          cause: error,
        },
      );
    }
    ui.end(`Signed artifact ${args.destination}.`);
    if (json) printJson({ path: args.destination, key: name });
  },
});
