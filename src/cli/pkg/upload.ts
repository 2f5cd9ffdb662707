// `hab pkg upload` (reference/cli.md §10.7, packages.md §18.2).
import { KeyCache } from "../../crypto/index.ts";
import { type Published, publishPackage } from "../../depot-client/index.ts";
import { argumentList, defineCommand, flag, option } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { authOption } from "../secret-option.ts";
import { cacheKeyPathOption, urlOption } from "../shared-options.ts";
import { existingFile } from "../values.ts";
import { showPublishing } from "./publish-report.ts";

export const command = defineCommand({
  summary: "Upload packages to the depot, with their keys and missing dependencies",
  description:
    "Every package goes to the channel unstable. Dependencies the depot lacks are uploaded first if their harts lie in the " +
    "same directory.",
  examples: [
    { command: "hab pkg upload results/acme-web-1.0.0-20260101000000-x86_64-linux.hart", explains: "one" },
    { command: "hab pkg upload -c stable results/*.hart", explains: "several, and release them" },
  ],
  args: {
    harts: argumentList({ value: "HART_FILE", help: "Harts to upload", type: existingFile }),
  },
  options: {
    url: urlOption(),
    auth: authOption(),
    channel: option({ short: "c", long: "channel", help: "Channel to promote to besides unstable" }),
    force: flag({ long: "force", help: "Upload even if the depot has this release" }),
    cacheKeyPath: cacheKeyPathOption(),
  },
  json: true,
  helpIfBare: true,
  async run(context) {
    const { args, options, ui, json, printJson, signal } = context;
    const depot = await depotWithToken(context);
    const keys = new KeyCache(options.cacheKeyPath);
    const packages: Published[] = [];
    for (const hart of args.harts) {
      ui.begin(`Uploading ${hart}`);
      const published = await publishPackage(depot, hart, {
        keys,
        forced: options.force,
        channel: options.channel,
        report: (event) => showPublishing(ui, event),
        signal,
      });
      packages.push(...published);
      ui.end(`Upload of ${published.at(-1)?.ident} complete.`);
    }
    if (json) printJson({ packages });
  },
});
