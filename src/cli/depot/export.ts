// `hab depot export`.
import { formatNamedRevision, KeyCache } from "../../crypto/index.ts";
import { parseIdent } from "../../package/index.ts";
import { argument, argumentList, defineCommand, option, optionList } from "../command.ts";
import { cacheKeyPathOption } from "../shared-options.ts";
import { originName } from "../values.ts";
import { channelOfOrigin } from "./channel-name.ts";
import { placeOf, placeOptions } from "./place-options.ts";

export const command = defineCommand({
  summary: "Write packages of a depot to a signed bundle, for a network without a way out",
  description:
    "Packages come with all they depend on, with the public keys, and with the channels named. What the bundle holds is " +
    "signed with an origin's key out of the key cache; `hab depot import` checks everything against that.",
  examples: [
    { command: "hab depot export bundle.tar --channel acme/stable --key acme", explains: "a channel" },
    {
      command: "hab depot export bundle.tar acme/web core/redis/7.0.0 --key acme",
      explains: "some packages",
    },
  ],
  args: {
    file: argument({ value: "FILE", help: "Where to write it", completes: "file" }),
    idents: argumentList({
      value: "PKG_IDENT",
      help: "Packages; the newest where no release is given",
      optional: true,
      type: parseIdent,
    }),
  },
  options: {
    ...placeOptions(),
    channels: optionList({
      long: "channel",
      value: "ORIGIN/CHANNEL",
      values: "one",
      help: "All packages of a channel",
      type: channelOfOrigin,
    }),
    key: option({
      long: "key",
      value: "ORIGIN",
      help: "Sign with the newest secret key of this origin",
      required: true,
      type: originName,
    }),
    target: option({ long: "target", help: "Target of the packages", default: "x86_64-linux" }),
    cacheKeyPath: cacheKeyPathOption(),
  },
  json: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const { exportFromDepot } = await import("../../depot/index.ts");
    const cache = new KeyCache(options.cacheKeyPath);
    const key = cache.latest("origin-secret", options.key);
    ui.begin(`Writing ${args.file}, signed with ${formatNamedRevision(key.id)}`);
    let progress: ReturnType<typeof ui.progress> | undefined;
    const result = await exportFromDepot(placeOf(context), args.file, {
      idents: args.idents.map(({ origin, name, version, release }) => ({ origin, name, version, release })),
      channels: options.channels,
      target: options.target,
      key,
      signal,
      onProgress(done, total) {
        progress ??= ui.progress("packages", total);
        progress.update(done);
      },
    });
    progress?.finish();
    ui.end(`Wrote ${result.packages} packages (${result.bytes} bytes) to ${args.file}`);
    if (json) printJson(result);
  },
});
