// `hab depot import`.
import { KeyCache, parseNamedRevision } from "../../crypto/index.ts";
import { argument, defineCommand, flag, option } from "../command.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { accountName, existingFile } from "../values.ts";
import { placeOf, placeOptions } from "./place-options.ts";

export const command = defineCommand({
  summary: "Take a signed bundle into a depot",
  description:
    "Nothing is changed unless the bundle is signed by a key that this depot or the key cache holds. Each package is " +
    "checked as an upload is. What is here already is passed over; broken off, run it again.",
  examples: [
    { command: "hab depot import bundle.tar --owner alice", explains: "into the channel unstable" },
    {
      command: "hab depot import bundle.tar --owner alice --promote",
      explains: "and into the channels it names",
    },
  ],
  args: { file: argument({ value: "FILE", help: "A file of `hab depot export`", type: existingFile }) },
  options: {
    ...placeOptions(),
    owner: option({
      long: "owner",
      value: "ACCOUNT",
      help: "Account that acts, and owns the origins that are new here",
      required: true,
      type: accountName,
    }),
    promote: flag({ long: "promote", help: "Fill the channels that the bundle names, once all is in" }),
    cacheKeyPath: cacheKeyPathOption(),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const { importIntoDepot } = await import("../../depot/index.ts");
    const cache = new KeyCache(options.cacheKeyPath);
    ui.begin(`Reading ${args.file}`);
    let progress: ReturnType<typeof ui.progress> | undefined;
    const result = await importIntoDepot(placeOf(context), args.file, {
      owner: options.owner,
      promote: options.promote,
      trusted(named) {
        const id = parseNamedRevision(named);
        return cache.has("origin-public", id) ? cache.get("origin-public", id) : undefined;
      },
      signal,
      onProgress(done, total) {
        progress ??= ui.progress("packages", total);
        progress.update(done);
      },
    });
    progress?.finish();
    ui.end(
      `${result.added.length} packages are new, ${result.present} were here; ${result.promoted} came into channels ` +
        `(signed by ${result.signedBy})`,
    );
    if (json) printJson(result);
  },
});
