// `hab pkg download` (reference/cli.md §10.7, packages.md §18.1).
import { dirname } from "node:path";
import { KeyCache } from "../../crypto/index.ts";
import {
  clientErrors,
  type GatherEvent,
  gatherPackages,
  makeGatherDirectories,
  type SeedSet,
} from "../../depot-client/index.ts";
import { HabError } from "../../error/index.ts";
import { artifactCachePath } from "../../host/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { Progress, Ui } from "../../ui/index.ts";
import { argumentList, defineCommand, flag, option, optionList } from "../command.ts";
import { DEFAULT_CHANNEL } from "../configuration.ts";
import { depotWithOptionalToken, remoteTarget } from "../depot-access.ts";
import { identType } from "../ident-types.ts";
import { authOption } from "../secret-option.ts";
import { targetType, urlOption } from "../shared-options.ts";
import { readSeedToml, seedFileType } from "./download-seeds.ts";

export const command = defineCommand({
  summary: "Download packages with everything they need into a directory",
  description:
    "Harts go to `artifacts` and public keys to `keys` in the directory: what a machine without a network needs, and what " +
    "`hab pkg bulkupload` takes to fill another depot.",
  examples: [
    { command: "hab pkg download core/redis --download-directory ./bundle", explains: "one and its closure" },
    { command: "hab pkg download --file seeds.txt --channel stable", explains: "a list of packages" },
  ],
  args: {
    idents: argumentList({
      value: "PKG_IDENT",
      help: "Packages (core/redis)",
      type: identType,
      optional: true,
    }),
  },
  options: {
    auth: authOption(),
    url: urlOption(),
    channel: option({
      short: "c",
      long: "channel",
      help: `Channel to take them from (default: ${DEFAULT_CHANNEL}); TOML files name their own`,
      env: "HAB_BLDR_CHANNEL",
    }),
    directory: option({ long: "download-directory", help: "Directory to download to (default: the cache)" }),
    files: optionList({
      long: "file",
      value: "PKG_IDENT_FILE",
      completes: "file",
      help: "File with one ident a line, or TOML (name ending in .toml)",
      values: "one-or-more",
      type: seedFileType,
    }),
    target: option({
      short: "t",
      long: "target",
      value: "PKG_TARGET",
      help: "Target of the packages (default: that of this machine)",
      env: "HAB_PACKAGE_TARGET",
      type: targetType,
    }),
    verify: flag({ long: "verify", help: "Check the signatures" }),
    ignoreMissingSeeds: flag({
      long: "ignore-missing-seeds",
      help: "Pass over packages the depot does not have",
    }),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const base = { target: remoteTarget(options.target), channel: options.channel ?? DEFAULT_CHANNEL };
    const sets: SeedSet[] = [
      { ...base, idents: args.idents },
      ...options.files.flatMap((file) =>
        file.kind === "toml" ? readSeedToml(file.path) : [{ ...base, idents: file.idents }],
      ),
    ].filter((set) => set.idents.length > 0);
    if (sets.length === 0)
      throw new HabError(clientErrors.nothingToDownload, "No package identifiers to download");
    const depot = await depotWithOptionalToken(context);
    const directory = options.directory ?? dirname(artifactCachePath());
    ui.begin(`Storing in download directory "${directory}"`);
    const places = makeGatherDirectories(directory);
    let line: (Progress & { readonly name: string }) | undefined;
    const packages = await gatherPackages(depot, sets, {
      artifacts: places.artifacts,
      keys: new KeyCache(places.keys),
      verify: options.verify,
      ignoreMissingSeeds: options.ignoreMissingSeeds,
      report(event) {
        // Whatever the depot said of its size: the file has arrived.
        if (event.kind === "downloaded") line?.finish();
        show(ui, event);
      },
      progress: (name) => (received, total) => {
        if (line?.name !== name) line = { name, ...ui.progress(name, total) };
        line.update(received);
      },
      signal,
    });
    ui.end(`${packages.length} packages in ${directory}.`);
    if (json) printJson({ directory, packages });
  },
});

function show(ui: Ui, event: GatherEvent): void {
  switch (event.kind) {
    case "set":
      ui.begin(
        `Resolving ${event.set.idents.length} packages in channel ${event.set.channel} for ${event.set.target}`,
      );
      break;
    case "determining":
      ui.status("Determining", `latest version of ${formatIdent(event.ident)}`);
      break;
    case "using":
      ui.status("Using", formatIdent(event.ident));
      break;
    case "missing-seed":
      ui.warn(`${formatIdent(event.ident)} for ${event.set.target} is not in the depot`);
      break;
    case "found":
      ui.status("Found", `${event.count} artifacts`);
      break;
    case "cached":
      ui.status({ glyph: "ellipsis", text: "Using" }, `cached ${formatIdent(event.ident)}`);
      break;
    case "downloading":
      ui.status("Downloading", formatIdent(event.ident));
      break;
    case "downloaded":
      break;
    case "verified":
      ui.status("Verified", formatIdent(event.ident));
      break;
    case "key":
      ui.status("Cached", `${event.key} public origin key`);
      break;
  }
}
