// `hab pkg upload` (reference/cli.md §10.7, packages.md §18.2).
import { KeyCache } from "../../crypto/index.ts";
import { type PublishEvent, type Published, publishPackage } from "../../depot-client/index.ts";
import { formatIdent } from "../../package/index.ts";
import type { Ui } from "../../ui/index.ts";
import { argumentList, defineCommand, flag, option } from "../command.ts";
import { depotWithToken } from "../depot-access.ts";
import { authOption, cacheKeyPathOption, urlOption } from "../shared-options.ts";
import { existingFile } from "../values.ts";

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
        report: (event) => show(ui, event),
        signal,
      });
      packages.push(...published);
      ui.end(`Upload of ${published.at(-1)?.ident} complete.`);
    }
    if (json) printJson({ packages });
  },
});

function show(ui: Ui, event: PublishEvent): void {
  switch (event.kind) {
    case "uploading-key":
      ui.status("Uploading", `public origin key ${event.key}.pub`);
      break;
    case "uploaded-key":
      ui.status("Uploaded", `public origin key ${event.key}.pub`);
      break;
    case "known-key":
      ui.status("Using", `existing public origin key ${event.key}.pub`);
      break;
    case "uploading":
      ui.status("Uploading", `${formatIdent(event.ident)} (${event.target})`);
      break;
    case "uploaded":
      ui.status("Uploaded", `${formatIdent(event.ident)} (${event.target})`);
      break;
    case "known":
      ui.status("Using", `existing ${formatIdent(event.ident)} (${event.target})`);
      break;
    case "unsupported-target":
      ui.warn(`The depot takes no packages for ${event.target}: ${formatIdent(event.ident)} skipped`);
      break;
    case "promoting":
      ui.begin(`Promoting ${formatIdent(event.ident)} to channel '${event.channel}'`);
      break;
    case "promoted":
      ui.status("Promoted", `${formatIdent(event.ident)} to channel '${event.channel}'`);
      break;
  }
}
